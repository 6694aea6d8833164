import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer } from '../../../../packages/postgres/test/support/server.ts';
import type { StoreAddress } from '../server/spec.ts';
import { bundleOf, LineBundle } from './line-bundle.ts';
import type { Abilities, Lines, StoreUnderTest } from './store-under-test.ts';

/** One PostgreSQL, each of whose writes is on disk before it is acknowledged. */
export class PostgresServer implements StoreUnderTest {
  readonly kind = 'postgres';
  readonly version: string;
  readonly can: Partial<Abilities>;
  readonly #server: TestServer;
  readonly #lines: readonly LineBundle[];

  private constructor(server: TestServer, version: string, lines: readonly LineBundle[]) {
    this.#server = server;
    this.version = version;
    this.#lines = lines;
    this.can = {
      crash: async (downFor) => {
        await server.kill();
        await sleep(downFor);
        await server.restart();
      },
      pause: () => server.pause(),
      resume: () => server.resume(),
      setReadOnly: async (isReadOnly) => {
        await server.query(`ALTER SYSTEM SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
        await server.query('SELECT pg_reload_conf()');
      },
    };
  }

  static async start(servers: number): Promise<PostgresServer> {
    const server = await TestServer.start({ fsync: 'on', synchronous_commit: 'on' });
    const [row] = await server.query<{ server_version: string }>('SHOW server_version');
    const version = `PostgreSQL ${row?.server_version.split(' ')[0]}`;
    return new PostgresServer(server, version, await LineBundle.openAll(servers, [server.address.port]));
  }

  addressOf(server: number, isDirect = false): StoreAddress {
    const { user, database, port: own } = this.#server.address;
    const [port = own] = isDirect ? [] : bundleOf(this.#lines, server).ports;
    return { kind: 'postgres', port, user, database, client: server % 2 === 0 ? 'pg' : 'postgres.js' };
  }

  linesOf(server: number): Lines {
    return bundleOf(this.#lines, server);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.stop()));
    await this.#server.stop();
  }
}
