import { equal, ok } from 'node:assert/strict';
import { formatToken, isSessionId, parseToken } from '../../../../packages/core/src/session/token.ts';

const KEYS = ['a key of more than 32 characters, for the fuzzer'];
const GOOD = formatToken({ id: `${'B'.repeat(21)}A`, secret: `${'c'.repeat(42)}A` }, KEYS);

/** Parses tokens of any bytes: what is accepted is spelled in the only way there is, and what was changed is not signed. */
export function fuzz(data: Uint8Array): void {
  const text = Buffer.from(data).toString('latin1');
  const token = parseToken(text, []);
  if (typeof token === 'object') {
    ok(isSessionId(token.id), 'The ID is none.');
    equal(formatToken(token, []), text);
    equal(respelled(token.id) + respelled(token.secret), text);
    const signed = parseToken(formatToken(token, KEYS), KEYS);
    equal(typeof signed === 'object' && formatToken(signed, []), text);
  }
  equal(typeof parseToken(text, KEYS), 'string', 'A token was accepted that nobody signed.');
  const [at = 0, character = 0] = data;
  const place = at % GOOD.length;
  const changed = GOOD.slice(0, place) + String.fromCharCode(character) + GOOD.slice(place + 1);
  equal(typeof parseToken(changed, KEYS), changed === GOOD ? 'object' : 'string');
}

/** Writes the same bytes again. */
function respelled(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64url');
}
