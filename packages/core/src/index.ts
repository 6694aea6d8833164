export type { Awaitable } from './common/awaitable.ts';
export type { Duration } from './common/duration.ts';
export { SessionError, type SessionErrorCode } from './common/errors.ts';
export type { DeepReadonly, Json, Jsonable } from './common/json.ts';
export type { RandomBytes } from './common/random.ts';
export type { DeviceBinding } from './config/device-binder.ts';
export type { SessionsOptions } from './config/options.ts';
export type {
  ClientChange,
  ClientCheck,
  ClientDecision,
  OnClientChange,
} from './http/client-checks/client-check.ts';
export type { RequestView, ResponseHeader } from './http/request-view.ts';
export { type CookieOptions, cookie } from './http/transports/cookie.ts';
export { bearer, form, header, query } from './http/transports/plain.ts';
export type { Transport, TransportProofs, VerifiedProof } from './http/transports/transport.ts';
export type { DirectResponse } from './session/direct-response.ts';
export type { EventContext, SessionEvent, SessionEventType } from './session/events.ts';
export type {
  ChangeResult,
  Ended,
  Session,
  SessionView,
  SignInOptions,
  WatchEnd,
} from './session/session-types.ts';
export type { ClientSummary, SessionInspection, SessionSummary, Sessions } from './session/sessions-types.ts';
export type { OpenOptions, Visit } from './session/visit.ts';
export type { WarningCode } from './session/warnings.ts';
export { createSessions } from './sessions.ts';
export { type MemoryStore, memoryStore } from './store/memory/memory-store.ts';
export type { SessionStore, StoreRecord, StoreSubscriber, StoreSubscription } from './store/store.ts';
