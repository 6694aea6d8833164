import { parseArray } from '../common/json.ts';
import type { Client } from '../http/client.ts';
import type {
  Device,
  Finish,
  Recovery,
  RetiredSecret,
  SessionState,
  SignedIn,
} from '../session/session-state.ts';
import { MAX_TIME } from '../store/check-record.ts';
import type { StoreRecord } from '../store/store.ts';

/** The first element of a header, raised when the layout changes. */
const SESSION_FORMAT = 1;

/** The rarely used parts of a header, each left out if empty. */
interface Extras {
  u?: [id: string, signedInAt: number, epoch: number, remembered: 0 | 1];
  /** The user's own idle timeout, 0 for none. Earlier versions ignore it. */
  t?: number;
  n?: [nonce: string, hash: string];
  b?: [nonce: string, status: number];
  r?: [hash: string, at: number, network: string, browser: string, platform: string][];
  o?: Record<string, readonly string[]>;
  d?: [
    id: string,
    key: string,
    boundAt: Device['boundAt'],
    challenges: Device['challenges'],
    cookies: Device['cookies'],
  ];
  f?: { at: number; v?: 1; r?: Finish['receipt']; s?: [id: string, nonce: string] };
}

const RECOVERY_STATUSES: readonly Recovery['status'][] = ['ready', 'offered', 'used'];

/** Encodes a session's state: one line of JSON for the header, then the data's JSON, so that a request that reads only `userId` parses no data. */
export function encodeSession(state: SessionState, version: number): StoreRecord {
  const { createdAt, client } = state;
  const header: unknown[] = [
    SESSION_FORMAT,
    state.writes,
    state.generation,
    state.secret.hash,
    createdAt,
    state.lastUsedAt - createdAt,
    state.absoluteDeadline - createdAt,
    state.secret.since - createdAt,
    client.network,
    client.browser,
    client.platform,
  ];
  const extras = encodeExtras(state);
  if (extras !== undefined) header.push(extras);
  // Joined, not concatenated: V8 keeps a concatenation as a tree, which takes more memory in a store.
  // A clock may have fractions of a millisecond; a record's deadline is whole.
  return {
    version,
    expiresAt: Math.ceil(state.expiresAt),
    body: [JSON.stringify(header), state.data].join('\n'),
  };
}

/**
 * Returns the hash of the current secret of a record that cannot be decoded; undefined if it has none. It has the same place in the header of every format, so that
 * only the holder of the secret is told that a newer version wrote the record.
 */
export function secretHashOf({ body }: StoreRecord): string | undefined {
  const hash = parseArray(body.slice(0, Math.max(0, body.indexOf('\n'))))?.[3];
  return typeof hash === 'string' ? hash : undefined;
}

/** Decodes a session's state; undefined if the record is corrupt or of a newer format. */
export function decodeSession(record: StoreRecord): SessionState | undefined {
  const headerEnd = record.body.indexOf('\n');
  const header = parseArray(headerEnd < 0 ? '' : record.body.slice(0, headerEnd));
  if (header === undefined || header[0] !== SESSION_FORMAT) return undefined;
  const [, writes, generation, hash, createdAt, used, absolute, since, network, browser, platform, extras] =
    header;
  if (
    typeof writes !== 'string' ||
    !isCount(generation) ||
    typeof hash !== 'string' ||
    !isTime(createdAt) ||
    typeof used !== 'number' ||
    typeof absolute !== 'number' ||
    typeof since !== 'number' ||
    !isTime(createdAt + used) ||
    !isTime(createdAt + absolute) ||
    !isTime(createdAt + since) ||
    typeof network !== 'string' ||
    typeof browser !== 'string' ||
    typeof platform !== 'string'
  ) {
    return undefined;
  }
  const rest = extras === undefined ? NO_EXTRAS : decodeExtras(extras);
  if (rest === undefined) return undefined;
  return {
    writes,
    generation,
    createdAt,
    lastUsedAt: createdAt + used,
    expiresAt: record.expiresAt,
    absoluteDeadline: createdAt + absolute,
    secret: { hash, since: createdAt + since },
    next: rest.next,
    recovery: rest.recovery,
    retired: rest.retired,
    client: { network, browser, platform },
    observed: rest.observed,
    user: rest.user,
    device: rest.device,
    finish: rest.finish,
    data: record.body.slice(headerEnd + 1),
  };
}

function encodeExtras({
  user,
  next,
  recovery,
  retired,
  observed,
  device,
  finish,
}: SessionState): Extras | undefined {
  const extras: Extras = {};
  if (user !== undefined) {
    extras.u = [user.id, user.signedInAt, user.epoch, user.remembered ? 1 : 0];
    if (user.idle !== undefined) extras.t = user.idle === Number.POSITIVE_INFINITY ? 0 : user.idle;
  }
  if (next !== undefined) extras.n = [next.nonce, next.hash];
  // A successor's recovery has no nonce, which no other can be: it is written as an empty one.
  if (recovery !== undefined) extras.b = [recovery.nonce ?? '', RECOVERY_STATUSES.indexOf(recovery.status)];
  if (retired.length > 0) {
    extras.r = retired.map(({ hash, at, client }) => [
      hash,
      at,
      client.network,
      client.browser,
      client.platform,
    ]);
  }
  if (Object.keys(observed).length > 0) extras.o = observed;
  if (device !== undefined)
    extras.d = [device.id, device.key, device.boundAt, device.challenges, device.cookies];
  if (finish !== undefined) {
    extras.f = { at: finish.at };
    if (finish.isRevoked) extras.f.v = 1;
    if (finish.receipt !== undefined) extras.f.r = finish.receipt;
    if (finish.successor !== undefined) extras.f.s = [finish.successor.id, finish.successor.nonce];
  }
  return Object.keys(extras).length > 0 ? extras : undefined;
}

type DecodedExtras = Pick<
  SessionState,
  'user' | 'next' | 'recovery' | 'retired' | 'observed' | 'device' | 'finish'
>;

const NO_EXTRAS: DecodedExtras = {
  user: undefined,
  next: undefined,
  recovery: undefined,
  retired: [],
  observed: {},
  device: undefined,
  finish: undefined,
};

function decodeExtras(value: unknown): DecodedExtras | undefined {
  if (!isExtras(value)) return undefined;
  const { u, t, n, b, r, o, d, f } = value;
  return {
    user: u && decodeUser(u, t),
    next: n && { nonce: n[0], hash: n[1] },
    recovery: b && decodeRecovery(b),
    retired: (r ?? []).map(decodeRetired),
    observed: o ?? {},
    device: d && { id: d[0], key: d[1], boundAt: d[2], challenges: d[3], cookies: d[4] },
    finish: f && decodeFinish(f),
  };
}

function decodeUser([id, signedInAt, epoch, remembered]: NonNullable<Extras['u']>, idle?: number): SignedIn {
  const user = { id, signedInAt, epoch, remembered: remembered === 1 };
  return idle === undefined ? user : { ...user, idle: idle === 0 ? Number.POSITIVE_INFINITY : idle };
}

function decodeRecovery([nonce, status]: NonNullable<Extras['b']>): Recovery {
  return { nonce: nonce === '' ? undefined : nonce, status: RECOVERY_STATUSES[status] ?? 'used' };
}

function decodeFinish({ at, v, r, s }: NonNullable<Extras['f']>): Finish {
  return { at, isRevoked: v === 1, receipt: r, successor: s && { id: s[0], nonce: s[1] } };
}

function decodeRetired([hash, at, network, browser, platform]: NonNullable<
  Extras['r']
>[number]): RetiredSecret {
  return { hash, at, client: { network, browser, platform } satisfies Client };
}

function isExtras(value: unknown): value is Extras {
  if (typeof value !== 'object' || value === null) return false;
  const { u, t, n, b, r, o, d, f } = value as Partial<Record<keyof Extras, unknown>>;
  return (
    (t === undefined || (isTime(t) && t >= 0)) &&
    (u === undefined || isTuple(u, [isString, isTime, isCount, isFlag])) &&
    (n === undefined || isTuple(n, [isString, isString])) &&
    (b === undefined || isTuple(b, [isString, isStatus])) &&
    (r === undefined ||
      (Array.isArray(r) &&
        r.every((each) => isTuple(each, [isString, isTime, isString, isString, isString])))) &&
    (o === undefined || isObserved(o)) &&
    (d === undefined || isTuple(d, [isString, isString, isTimeOrNull, isTimed, isTimed])) &&
    (f === undefined || isFinish(f))
  );
}

function isTuple(value: unknown, parts: readonly ((part: unknown) => boolean)[]): boolean {
  return (
    Array.isArray(value) && value.length === parts.length && parts.every((isPart, i) => isPart(value[i]))
  );
}

/** A time that a Date can hold; JSON may also contain 1e999, which is Infinity. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_TIME;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A counter that can still be raised. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value + 1);
}

function isStatus(value: unknown): boolean {
  return typeof value === 'number' && RECOVERY_STATUSES[value] !== undefined;
}

function isFlag(value: unknown): value is 0 | 1 {
  return value === 0 || value === 1;
}

function isTimeOrNull(value: unknown): boolean {
  return value === null || isTime(value);
}

/** A list of strings, each with a time. */
function isTimed(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => isTuple(each, [isString, isTime]));
}

function isObserved(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every(
      (seen) => Array.isArray(seen) && seen.every((each) => typeof each === 'string'),
    )
  );
}

function isFinish(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { at, v, s } = value as Partial<Record<'at' | 'v' | 's', unknown>>;
  return isTime(at) && (v === undefined || v === 1) && (s === undefined || isTuple(s, [isString, isString]));
}
