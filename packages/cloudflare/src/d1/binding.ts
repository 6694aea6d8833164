/** A prepared statement of D1. */
export interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  run(): Promise<{ readonly meta: { readonly changes?: number | undefined } }>;
  raw(): Promise<unknown[]>;
}

/** The part of a D1 database binding that the store calls. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch(
    statements: D1Statement[],
  ): Promise<readonly { readonly meta: { readonly changes?: number | undefined } }[]>;
}
