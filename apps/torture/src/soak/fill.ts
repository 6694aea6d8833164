import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StoreAddress } from '../server/spec.ts';

const PROGRAM = fileURLToPath(new URL('fill-main.ts', import.meta.url));

/** What a store is filled with. */
export interface Filling {
  readonly store: StoreAddress;
  readonly sessions: number;
  readonly renewAfter: number;
  readonly renewalGrace: number;
  /** The file that the tokens pass through. */
  readonly path: string;
}

/** Fills a store in a process of its own, which is gone before anything is measured. Resolves to the token of each session. */
export async function fill(filling: Filling, signal?: AbortSignal): Promise<readonly string[]> {
  const child = fork(PROGRAM, [JSON.stringify(filling)], {
    execArgv: ['--conditions=@coatcheck/source'],
    env: { ...process.env, NODE_ENV: 'production' },
    // It may be in a SQLite transaction, and is not needed any more.
    killSignal: 'SIGKILL',
    ...(signal !== undefined && { signal }),
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The store was not filled: exit code ${code}.`);
  const tokens = readFileSync(filling.path, 'utf8').split('\n');
  rmSync(filling.path);
  if (tokens.length !== filling.sessions) throw new Error(`The store has ${tokens.length} sessions only.`);
  return tokens;
}
