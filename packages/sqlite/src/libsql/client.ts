/** The part of a client of `@libsql/client` that the store uses. */
export interface LibsqlClient {
  /** `file` for a database of this machine, otherwise the protocol to a server. */
  readonly protocol: string;
  execute(statement: LibsqlStatement): Promise<LibsqlResult>;
  /** Runs statements in one transaction. */
  batch(statements: LibsqlStatement[], mode: 'write'): Promise<unknown>;
}

/** A statement with its arguments. */
export interface LibsqlStatement {
  readonly sql: string;
  readonly args: (string | number)[];
}

/** The part of the result of a statement that the store reads. */
export interface LibsqlResult {
  readonly rows: ArrayLike<ArrayLike<unknown>>;
  readonly rowsAffected: number;
}
