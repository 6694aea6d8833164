/** A parameter of a statement: bytes for a key or a body, otherwise a number written as a string. */
export type PostgresValue = Uint8Array | string;

/** A statement in the form that `pg` takes. */
export interface PgQuery {
  /** Names a prepared statement; undefined: the statement is not prepared. */
  readonly name?: string | undefined;
  readonly text: string;
  readonly values?: PostgresValue[] | undefined;
  readonly rowMode: 'array';
}

/** The rows that `pg` and PGlite return, each an array of columns. */
export interface PgRows {
  readonly rows: unknown[];
}

/** What the store calls of a `Client` of `pg`. */
export interface PgClient {
  query(query: PgQuery): Promise<PgRows>;
}

/** What the store calls of a client that a pool of `pg` has lent. */
export interface PgPoolClient extends PgClient {
  /** Gives the client back; `true` closes its connection. */
  release(destroy?: boolean): void;
  on(event: 'error', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
}

/** What the store calls of a `Pool` of `pg`. */
export interface PgPool {
  readonly totalCount: number;
  connect(): Promise<PgPoolClient>;
}

/** A statement of postgres.js, sent once its result is waited for. */
export interface PostgresJsQuery {
  values(): PromiseLike<unknown>;
  cancel(): unknown;
}

/** What the store calls of postgres.js: the function that `postgres()` returns. */
export interface PostgresJsClient {
  unsafe(
    text: string,
    values?: PostgresValue[],
    options?: { prepare?: boolean | undefined },
  ): PostgresJsQuery;
}

/** What a subscription calls of postgres.js besides. */
export interface PostgresJsListen {
  listen(
    channel: string,
    onMessage: (message: string) => void,
    onListen: () => void,
  ): PromiseLike<{ unlisten(): PromiseLike<unknown> }>;
}

/** What a subscription calls of a client of pg besides. */
export interface PgEvents {
  on(event: string, listener: (content?: unknown) => void): unknown;
  removeListener(event: string, listener: (content?: unknown) => void): unknown;
}

/** What a subscription calls of PGlite besides. */
export interface PgliteListen {
  listen(channel: string, onMessage: (message: string) => void): Promise<() => Promise<unknown>>;
}

/** What the store calls of PGlite. */
export interface PgliteClient {
  readonly waitReady: Promise<void>;
  query(text: string, values: PostgresValue[], options: { rowMode: 'array' }): Promise<PgRows>;
  exec(text: string): Promise<unknown>;
}

/** A client of one of the kinds that the store works with: a `Pool` or a `Client` of `pg`, postgres.js, or PGlite. */
export type PostgresStoreClient = PgPool | PgClient | PostgresJsClient | PgliteClient;
