import fc from 'fast-check';
import { toBase64url } from '../../src/common/digest/base64url.ts';
import type { Json } from '../../src/common/json.ts';
import type { Client } from '../../src/http/client.ts';
import type { SessionState } from '../../src/session/session-state.ts';

/** Any well-formed string; fast-check's own arbitrary for it takes seconds to set up. */
export function anyString(minLength: number = 0, maxLength: number = 20): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  );
  return fc.array(codePoint, { minLength, maxLength }).map((points) => String.fromCodePoint(...points));
}

/** Any string at all, lone surrogates included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  anyString(),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
);

/** Base64url of so many random bytes. */
export function randomText(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toBase64url);
}

export const sessionId: fc.Arbitrary<string> = randomText(16);
export const secret: fc.Arbitrary<string> = randomText(32);
export const time: fc.Arbitrary<number> = fc.integer({ min: 0, max: 4e12 });

export const client: fc.Arbitrary<Client> = fc.record({
  network: anyText,
  browser: anyText,
  platform: anyText,
});

/** JSON as it comes out of a parser: no -0, and no property named __proto__. */
export const json: fc.Arbitrary<Json> = fc
  .jsonValue()
  .map((value): Json => JSON.parse(JSON.stringify(value)))
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

const user = fc.record(
  {
    id: anyText,
    signedInAt: time,
    epoch: fc.nat(),
    remembered: fc.boolean(),
    idle: fc.oneof(fc.integer({ min: 1, max: 4e10 }), fc.constant(Number.POSITIVE_INFINITY)),
  },
  { requiredKeys: ['id', 'signedInAt', 'epoch', 'remembered'] },
);
const next = fc.record({ nonce: randomText(12), hash: secret });
const recovery = fc.record({
  nonce: fc.option(randomText(12), { nil: undefined }),
  status: fc.constantFrom('ready', 'offered', 'used'),
});
const retired = fc.array(fc.record({ hash: secret, at: time, client }), { maxLength: 3 });
const observed = fc.dictionary(
  anyText.filter((name) => name !== '__proto__'),
  fc.array(anyText, { maxLength: 4 }),
  { noNullPrototype: true },
);
const timed = fc.array(fc.tuple(secret, time), { maxLength: 3 });
const device = fc.record({
  id: anyText,
  key: anyText,
  boundAt: fc.option(time),
  challenges: timed,
  cookies: timed,
});
const finish = fc.record({
  at: time,
  isRevoked: fc.boolean(),
  receipt: fc.option(json, { nil: undefined }),
  successor: fc.option(fc.record({ id: sessionId, nonce: randomText(12) }), { nil: undefined }),
});

/** Any state that a record can hold. */
export const sessionState: fc.Arbitrary<SessionState> = fc.record({
  writes: fc.array(randomText(6), { maxLength: 5 }).map((ids) => ids.join('')),
  generation: fc.nat(),
  createdAt: time,
  lastUsedAt: time,
  expiresAt: time,
  absoluteDeadline: time,
  secret: fc.record({ hash: secret, since: time }),
  next: fc.option(next, { nil: undefined }),
  recovery: fc.option(recovery, { nil: undefined }),
  retired,
  client,
  observed,
  user: fc.option(user, { nil: undefined }),
  device: fc.option(device, { nil: undefined }),
  finish: fc.option(finish, { nil: undefined }),
  data: fc.oneof(
    json.map((value) => JSON.stringify(value)),
    anyText,
  ),
});
