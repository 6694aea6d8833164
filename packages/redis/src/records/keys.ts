/**
 * Returns the Redis key of a record: the prefix, then the record's key with its colons escaped.
 *
 * A prefix ends in a colon, and the rest contains none. So no key of `shop:` is also a key of `shop:eu:`.
 */
export function redisKey(prefix: string, key: string): string {
  if (!key.isWellFormed())
    throw new TypeError(
      'The key of a record must be a well-formed Unicode string; it contains a lone surrogate.',
    );
  return prefix + (/[%:]/.test(key) ? key.replace(/[%:]/g, escapeCharacter) : key);
}

/** Tells whether a Redis key belongs to this prefix, and not to a longer prefix that begins with it. */
export function hasPrefix(prefix: string, key: string): boolean {
  return key.startsWith(prefix) && !key.includes(':', prefix.length);
}

/** Converts a prefix to a pattern for SCAN that matches each of its characters literally. */
export function prefixPattern(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
}

function escapeCharacter(character: string): string {
  return character === '%' ? '%25' : '%3A';
}
