export type {
  ClientChange,
  ClientCheck,
  ClientDecision,
  OnClientChange,
} from './client-checks/client-check.ts';
export { SessionError, type SessionErrorCode } from './errors.ts';
export type { EventContext, SessionEvent, SessionEventType } from './events.ts';
export type { DeepReadonly, Json } from './json.ts';
export { type MemoryStore, memoryStore } from './memory-store.ts';
export type { SessionsOptions } from './options.ts';
export type { RandomBytes } from './random.ts';
export type { RequestView, ResponseHeader } from './request-view.ts';
export type {
  ClientSummary,
  Duration,
  Ended,
  Session,
  SessionSummary,
  Sessions,
  SyncResult,
  Visit,
} from './session-types.ts';
export { createSessions } from './sessions.ts';
export type { Awaitable, SessionStore, StoreRecord } from './store.ts';
export { type CookieOptions, cookie } from './transports/cookie.ts';
export { bearer, form, header, query } from './transports/plain.ts';
export type { Transport } from './transports/transport.ts';
