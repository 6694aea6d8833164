import type { StoreRecord } from '@coatcheck/core';

/** What the record of a session says. It contains no secret, and only the beginning of the secret's hash. */
export interface RecordFacts {
  /** The data as JSON; empty once the session has ended. */
  readonly data: string;
  /** The size of the whole record. */
  readonly bytes: number;
  /** Raised by each sign-in, after which earlier tokens and requests of an earlier generation are refused. */
  readonly generation: number;
  /** The first characters of the SHA-256 of the secret, in base64url. */
  readonly hash: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** When it ends unless it is used; for an ended session, until when the record is kept. */
  readonly idleDeadline: Date;
  /** When it ends however much it is used. */
  readonly absoluteDeadline: Date;
  readonly user: { readonly id: string; readonly signedInAt: Date; readonly remembered: boolean } | undefined;
  /** Whether a new token is on its way to the browser. */
  readonly isRenewing: boolean;
  /** Undefined if the session was never offered to a device. */
  readonly binding: BindingFacts | undefined;
  /** How the session ended, if the record outlives it. */
  readonly end: 'finished' | 'revoked' | undefined;
}

/** How a session stands with a device. It contains neither the key, nor a challenge, nor the hash of a cookie. */
export interface BindingFacts {
  /** Whether a browser has registered a key. */
  readonly isRegistered: boolean;
  /** Since when the session is bound; undefined if it is not. */
  readonly boundAt: Date | undefined;
  /** When the latest bound cookie expires. */
  readonly cookieUntil: Date | undefined;
}

const FORMAT = 1;
const SHOWN_OF_HASH = 8;

/**
 * Reads a session's record as the store holds it; undefined if it is not the record of a session.
 *
 * An app has no use for this: it reads `req.session`. The shop shows its visitors what is stored, so it reads the record's format, which is internal to the library.
 */
export function readRecord({ body, expiresAt }: StoreRecord): RecordFacts | undefined {
  const headerEnd = body.indexOf('\n');
  const header = parse(body.slice(0, Math.max(0, headerEnd)));
  if (!Array.isArray(header) || header[0] !== FORMAT) return undefined;
  const values: readonly unknown[] = header;
  const [, , generation, hash, createdAt, used, absolute] = values;
  if (
    typeof generation !== 'number' ||
    typeof hash !== 'string' ||
    typeof createdAt !== 'number' ||
    typeof used !== 'number' ||
    typeof absolute !== 'number'
  ) {
    return undefined;
  }
  const extras = values[11];
  const finish = fieldOf(extras, 'f');
  return {
    data: body.slice(headerEnd + 1),
    bytes: Buffer.byteLength(body),
    generation,
    hash: hash.slice(0, SHOWN_OF_HASH),
    createdAt: new Date(createdAt),
    lastUsedAt: new Date(createdAt + used),
    idleDeadline: new Date(expiresAt),
    absoluteDeadline: new Date(createdAt + absolute),
    user: userOf(fieldOf(extras, 'u')),
    isRenewing: fieldOf(extras, 'n') !== undefined,
    binding: bindingOf(fieldOf(extras, 'd')),
    end: finish === undefined ? undefined : fieldOf(finish, 'v') === 1 ? 'revoked' : 'finished',
  };
}

function userOf(user: unknown): RecordFacts['user'] {
  if (!Array.isArray(user)) return undefined;
  const [id, signedInAt, , remembered]: readonly unknown[] = user;
  if (typeof id !== 'string' || typeof signedInAt !== 'number') return undefined;
  return { id, signedInAt: new Date(signedInAt), remembered: remembered === 1 };
}

function bindingOf(device: unknown): BindingFacts | undefined {
  if (!Array.isArray(device)) return undefined;
  const [, key, boundAt, , cookies]: readonly unknown[] = device;
  const [latest]: readonly unknown[] = Array.isArray(cookies) ? cookies : [];
  const until: unknown = Array.isArray(latest) ? latest[1] : undefined;
  return { isRegistered: key !== '', boundAt: dateOf(boundAt), cookieUntil: dateOf(until) };
}

function dateOf(time: unknown): Date | undefined {
  return typeof time === 'number' ? new Date(time) : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
