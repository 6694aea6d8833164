declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes a server that behaves as DynamoDB does, and keeps its tables in memory. */
  function dynalite(options?: { createTableMs?: number }): Server;
  export = dynalite;
}
