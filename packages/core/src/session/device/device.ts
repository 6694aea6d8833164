import type { Device } from '../session-state.ts';

/**
 * The most bound cookies that are accepted beside each other. Each is accepted for its lifetime, because a response that brought a newer one may have been lost. A
 * browser makes at most six signatures in nine minutes, so an honest one never needs more.
 */
const MAX_COOKIES = 8;

/** The times of a binding, in milliseconds. */
export interface DeviceRules {
  /** How long a browser keeps a bound cookie. */
  readonly lifetime: number;
  /** How long requests and proofs may be under way. */
  readonly grace: number;
}

/** What a registration or a refresh has drawn. */
export interface Drawn {
  /** The hash of the new bound cookie. */
  readonly cookieHash: string;
  /** The challenge of the next proof. */
  readonly challenge: string;
}

/** Offers a binding: the next registration signs this challenge. A key that was registered and never confirmed stays until another one replaces it. */
export function offered(before: Device | undefined, challenge: string, now: number): Device {
  const { id = '', key = '', cookies = [] } = before ?? {};
  return { id, key, boundAt: null, challenges: [[challenge, now]], cookies };
}

/** Tells whether a challenge may be registered with: the current one, once, and only until the session is bound. */
export function mayRegister(device: Device, challenge: string, now: number, rules: DeviceRules): boolean {
  return device.boundAt === null && challengeOf(device, now, rules) === challenge;
}

/** Registers a key. The session is bound once the browser presents the cookie that goes out with it, since this response may be lost. */
export function registered(
  identity: Pick<Device, 'id' | 'key'>,
  { cookieHash, challenge }: Drawn,
  now: number,
  { lifetime }: DeviceRules,
): Device {
  const { id, key } = identity;
  return { id, key, boundAt: null, challenges: [[challenge, now]], cookies: [[cookieHash, now + lifetime]] };
}

/** Binds the session for good: its browser has shown that it received what the registration brought. */
export function bound(device: Device, now: number): Device {
  return device.boundAt === null ? { ...device, boundAt: now } : device;
}

/** Tells whether a bound cookie is accepted from a request that arrived at a moment. */
export function acceptsCookie(
  device: Device,
  hash: string,
  arrivedAt: number,
  { grace }: DeviceRules,
): boolean {
  return device.cookies.some(([each, until]) => each === hash && arrivedAt <= until + grace);
}

/**
 * Tells whether a request without an accepted bound cookie is served: until the session is bound, and if it may have set out before that. A session that began bound, by `dpop()`,
 * has no name, and no request set out before.
 */
export function isServedWithoutCookie(
  { id, boundAt }: Device,
  arrivedAt: number,
  { grace }: DeviceRules,
): boolean {
  return boundAt === null || (id !== '' && arrivedAt <= boundAt + grace);
}

/** Returns the challenge that the next proof should sign; undefined once it has expired. It was sent in advance, so it lives for two cookies. */
export function challengeOf(
  { challenges }: Device,
  now: number,
  { lifetime }: DeviceRules,
): string | undefined {
  const [current] = challenges;
  return current !== undefined && now - current[1] <= 2 * lifetime ? current[0] : undefined;
}

/** Replaces a challenge that has expired. One that has not stays, so that asking again and again writes nothing. */
export function rechallenged(device: Device, challenge: string, now: number, rules: DeviceRules): Device {
  return challengeOf(device, now, rules) === undefined
    ? { ...device, challenges: [[challenge, now]] }
    : device;
}

/**
 * Tells how a proof's challenge stands. `current` may be used once. `before` was replaced within the grace: the response to it may have been lost, or two
 * tabs have sent a proof at once.
 */
export function judgeChallenge(
  device: Device,
  challenge: string,
  now: number,
  rules: DeviceRules,
): 'current' | 'before' | 'stale' {
  if (challengeOf(device, now, rules) === challenge) return 'current';
  const before = device.challenges[1];
  return before?.[0] === challenge && now - before[1] <= rules.grace ? 'before' : 'stale';
}

/** Adds the bound cookie that a verified proof has earned; undefined if its challenge is stale. */
export function refreshed(
  device: Device,
  signed: string,
  { cookieHash, challenge }: Drawn,
  now: number,
  rules: DeviceRules,
): Device | undefined {
  const standing = judgeChallenge(device, signed, now, rules);
  if (standing === 'stale') return undefined;
  const live = device.cookies.filter(([, until]) => now <= until + rules.grace);
  const cookies = [[cookieHash, now + rules.lifetime] as const, ...live].slice(0, MAX_COOKIES);
  const challenges =
    standing === 'current' ? [[challenge, now] as const, [signed, now] as const] : device.challenges;
  return { ...device, challenges, cookies };
}
