/**
 * Names the Redis key of a record: the prefix, then the record's key with its colons escaped.
 *
 * A prefix ends in a colon. So what follows it holds none, and no key of `shop:` is ever one of `shop:eu:`.
 */
export function redisKey(prefix: string, key: string): string {
  if (!key.isWellFormed()) throw new TypeError('The key of a record must hold no lone surrogate');
  return prefix + (/[%:]/.test(key) ? key.replace(/[%:]/g, escapeCharacter) : key);
}

/** Tells whether a Redis key is one of this prefix, and not of a longer one that begins with it. */
export function hasPrefix(prefix: string, found: string): boolean {
  return found.startsWith(prefix) && !found.includes(':', prefix.length);
}

/** Writes a prefix as a pattern for SCAN that takes each of its characters literally. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
}

function escapeCharacter(character: string): string {
  return character === '%' ? '%25' : '%3A';
}
