import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Session, SessionError, type Sessions } from '@coatcheck/core';
import type { Receipt, Reply, Shown } from '../history/reply.ts';
import type { ShopData } from './shop-data.ts';

/** A response of the shop, for any framework. */
export interface ShopResponse {
  readonly status: number;
  readonly body: Reply;
}

/** The part of a request that the shop looks at. */
export interface ShopRequest {
  readonly action: string;
  readonly fields: URLSearchParams;
}

type Handler = (
  session: Session<ShopData>,
  fields: URLSearchParams,
  sessions: Sessions<ShopData>,
) => Promise<unknown>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  read: async () => {},
  add,
  slow: async (session, fields) => {
    await sleep(Number(fields.get('wait')));
    await add(session, fields);
  },
  'sign-in': async (session, fields) => {
    const lifetime = Number(fields.get('lifetime'));
    const timeouts = lifetime > 0 ? { idleTimeout: lifetime, absoluteTimeout: lifetime } : {};
    await session.signIn(fields.get('user') ?? '', timeouts);
  },
  'sign-out': (session) => session.destroy(),
  renew: async (session) => {
    if (session.id !== undefined) await session.renew();
  },
  finish: async (session, fields) => {
    const { id } = session;
    if (id === undefined || session.ended !== undefined) return false;
    const receipt = ({ marks }: { readonly marks: readonly string[] }) => ({
      order: randomUUID(),
      session: id,
      marks: marks.join(' '),
    });
    return session.finish(receipt, { keepUser: fields.has('keepUser') });
  },
  revoke: (_, fields, sessions) => sessions.revoke(fields.get('user') ?? '', fields.get('target') ?? ''),
  'revoke-user': async (_, fields, sessions) => {
    const except = fields.get('target') ?? undefined;
    await sessions.revokeUser(fields.get('user') ?? '', except === undefined ? {} : { except });
  },
  'revoke-all': async (_session, _fields, sessions) => {
    await sessions.revokeAll();
  },
};

/** Handles a request whose session is loaded. */
export async function respond(
  session: Session<ShopData>,
  sessions: Sessions<ShopData>,
  { action, fields }: ShopRequest,
): Promise<ShopResponse> {
  const loaded = show(session);
  const ended = session.ended?.reason;
  const handler = HANDLERS[action];
  if (handler === undefined) return { status: 404, body: { code: 'NO_SUCH_ACTION' } };
  let failed: ShopResponse | undefined;
  let won: boolean | undefined;
  try {
    const result = await handler(session, fields, sessions);
    if (typeof result === 'boolean') won = result;
  } catch (error) {
    failed = explain(error);
  }
  const facts: Reply = { loaded, after: show(session), ended, receipt: receiptOf(session), won };
  return failed === undefined
    ? { status: 200, body: facts }
    : { status: failed.status, body: { ...facts, ...failed.body } };
}

/** Explains an error to the client. What is not documented keeps its name, so that it is found. */
export function explain(error: unknown): ShopResponse {
  if (error instanceof SessionError) {
    const { status, code, message } = error;
    const isUnknown = code === 'ERR_STORE_UNAVAILABLE' || message.includes('unknown');
    return { status, body: { code, message, isUnknown } };
  }
  const { name, message } = error instanceof Error ? error : { name: 'Unknown', message: String(error) };
  return { status: 500, body: { code: name, message, isUnknown: true } };
}

/** Explains that the session could not be loaded: nothing was done. */
export function explainLoad(error: unknown): ShopResponse {
  const { status, body } = explain(error);
  return { status, body: { ...body, isUnknown: false } };
}

async function add(session: Session<ShopData>, fields: URLSearchParams): Promise<void> {
  await session.update((data) => {
    data.marks.push(fields.get('mark') ?? '');
  });
}

function show({ id, userId, data }: Session<ShopData>): Shown {
  return { id, user: userId, marks: data.marks.join(' ') };
}

function receiptOf({ ended }: Session<ShopData>): Receipt | undefined {
  if (ended?.receipt === undefined) return undefined;
  const { order, session, marks }: { order?: unknown; session?: unknown; marks?: unknown } = Object(
    ended.receipt,
  );
  return { order: String(order), session: String(session), marks: String(marks) };
}
