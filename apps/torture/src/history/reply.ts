/** What a response shows of a session. */
export interface Shown {
  readonly id?: string | undefined;
  readonly user?: string | undefined;
  /** The marks of the updates that the data contains, separated by spaces. */
  readonly marks: string;
}

/** The receipt of a finished session: one order. */
export interface Receipt {
  readonly order: string;
  readonly session: string;
  readonly marks: string;
}

/** The body of a response of a server under test. */
export interface Reply {
  /** The session as the handler found it; undefined if it could not be loaded. */
  readonly loaded?: Shown | undefined;
  /** The session as the handler left it. */
  readonly after?: Shown | undefined;
  /** Why the presented token opened nothing. */
  readonly ended?: string | undefined;
  readonly receipt?: Receipt | undefined;
  /** Of `finish`: whether this call finished the session. Of `revoke`: whether it ended one. */
  readonly won?: boolean | undefined;
  /** The code of the error; the name of one that is not documented. */
  readonly code?: string | undefined;
  /** Whether it is unknown, after an error, if the change was written. */
  readonly isUnknown?: boolean | undefined;
  readonly message?: string | undefined;
}
