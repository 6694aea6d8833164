import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Leash } from './leash.ts';
import { findProgram, SERVER_USER } from './programs.ts';
import { type Address, freePort, until } from './server.ts';

/** A PgBouncer of its own in transaction mode: each statement may run on another connection than the one before. */
export class TestPgBouncer {
  readonly address: Address;
  readonly #leash: Leash;

  private constructor(address: Address, leash: Leash) {
    this.address = address;
    this.#leash = leash;
  }

  /** Starts one before a server, with so many connections to it. */
  static async start({ host, port, user, database }: Address, size = 4): Promise<TestPgBouncer> {
    const directory = Leash.makeDirectory();
    const address = { host: '127.0.0.1', port: await freePort(), user, database };
    const config = join(directory, 'pgbouncer.ini');
    writeFileSync(
      config,
      `[databases]
${database} = host=${host} port=${port} user=${user}
[pgbouncer]
listen_addr = ${address.host}
listen_port = ${address.port}
unix_socket_dir =
auth_type = any
auth_file = ${config}.users
pool_mode = transaction
default_pool_size = ${size}
max_client_conn = 500
server_round_robin = 1
ignore_startup_parameters = extra_float_digits
`,
    );
    writeFileSync(`${config}.users`, `"${user}" ""\n`);
    for (const file of [config, `${config}.users`]) {
      if (SERVER_USER !== undefined) chownSync(file, SERVER_USER.uid, SERVER_USER.gid);
    }
    const leash = Leash.hold(directory, 'TERM', findProgram('pgbouncer'), config);
    await leash.start();
    await until('PgBouncer takes connections', async () => {
      const client = new pg.Client(address);
      try {
        await client.connect();
        await client.query('SELECT 1');
        return true;
      } catch {
        return false;
      } finally {
        await client.end();
      }
    });
    return new TestPgBouncer(address, leash);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    await this.#leash.release();
  }
}
