export type { AdapterOptions } from './adapter-options.ts';
export { type DirectSink, directResponse, sendDirect } from './direct-response.ts';
export { type FetchRequest, type FetchRequestFacts, FetchRequestView } from './fetch-request-view.ts';
export { type FetchVisit, findFetchVisit, openFetchVisit } from './fetch-visit.ts';
export {
  clearOldCookie,
  Migration,
  type MovedSession,
  type OldCookie,
  type OldSessions,
  type RestoredSession,
} from './migration.ts';
export {
  checkFunction,
  mountSelectedSessions,
  mountSessions,
  type SessionMount,
  taken,
} from './mount-sessions.ts';
export { type ParsedRequest, ParsedRequestView } from './parsed-request-view.ts';
export { type HeaderSink, sealOnto } from './seal-onto.ts';
