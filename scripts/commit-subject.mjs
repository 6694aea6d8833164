const MAX_LENGTH = 72;

/**
 * Says what is wrong with a commit's subject; undefined if nothing is.
 *
 * @param {string} subject
 * @returns {string | undefined}
 */
export function faultOf(subject) {
  if (subject.length > MAX_LENGTH) return `it has ${subject.length} characters, ${MAX_LENGTH} are allowed`;
  const [, change] = /^[a-z][a-z0-9-]*(?:, [a-z][a-z0-9-]*)*: (\S.*)$/.exec(subject) ?? [];
  if (change === undefined)
    return 'it must name the area first, as in "core: keep the cart across a sign-in"';
  if (/^[A-Z][a-z]/.test(change)) return 'the change must begin with a lower-case letter';
  if (
    /^\w+(?:ed|ing)\b/.test(change) &&
    !/^(?:embed|feed|need|seed|speed|exceed|bring|ring|string)\b/.test(change)
  )
    return 'the change must be an imperative: "keep", not "kept", "keeps" or "keeping"';
  if (change.endsWith('.')) return 'it must not end with a full stop';
  return undefined;
}
