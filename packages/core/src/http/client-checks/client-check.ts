import type { RequestView } from '../request-view.ts';

/** Compares one trait of the client between requests. Write your own as a literal. */
export interface ClientCheck {
  /** Names the check in `session.clientChanges` and in events. */
  readonly name: string;
  /** Returns the trait as a string that may be stored, such as a network; undefined if the request does not show it, which counts as equal. */
  observe(request: RequestView): string | undefined;
}

/** Tells how a client differs from the ones that a session remembers. */
export interface ClientChange {
  /** The session's ID. Safe to log; it opens nothing. */
  readonly sessionId: string;
  /** The user who is signed in. */
  readonly userId: string | undefined;
  /** What differs: the name of each check, the values that the session remembers, and the one that was seen. */
  readonly changes: readonly {
    readonly name: string;
    readonly remembered: readonly string[];
    readonly seen: string;
  }[];
}

/** Says what a change means: `report` serves the request and tells the app, `accept` serves and remembers it without an event, `refuse` opens no session. */
export type ClientDecision = 'report' | 'accept' | 'refuse';

/** Decides what a change means: the same for all changes, or by a function. */
export type OnClientChange = 'report' | 'refuse' | ((change: ClientChange) => ClientDecision);
