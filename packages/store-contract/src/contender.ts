import type { SessionStore } from '@coatcheck/core';
import type { Report, Task, Win } from './contender-process.ts';

/**
 * Runs as one of the other processes of the clause about several: opens the store, and writes when told to.
 */
async function contend(module: string, argument: string): Promise<void> {
  const { openStore }: { openStore?: unknown } = await import(module);
  if (typeof openStore !== 'function') throw new Error(`${module} must export a function openStore`);
  const store: SessionStore = await openStore(argument);
  process.on('message', (task: Task) => {
    write(store, task).then((wins) => tell({ kind: 'won', wins }), tellFailure);
  });
  // Without its parent there is nobody to contend for.
  process.on('disconnect', () => process.exit());
  tell({ kind: 'opened' });
}

async function write(store: SessionStore, task: Task): Promise<readonly Win[]> {
  const wins: Win[] = [];
  const writers = Array.from({ length: task.writers }, async (_, writer) => {
    let seen = 0;
    for (let attempt = 1; attempt <= task.attempts; attempt += 1) {
      const found = await store.read(task.key);
      if (found === undefined) throw new Error('read gave undefined for a record that nobody deletes');
      if (found.version < seen) throw new Error(`read gave version ${found.version} after ${seen}`);
      const win = { version: found.version + 1, body: `attempt ${attempt} of ${writer} in ${task.name}` };
      const won = await store.compareAndSet(task.key, found.version, { ...win, expiresAt: task.expiresAt });
      if (won) wins.push(win);
      seen = won ? win.version : found.version;
    }
  });
  await Promise.all(writers);
  return wins;
}

function tell(report: Report): void {
  process.send?.(report);
}

function tellFailure(error: unknown): void {
  tell({ kind: 'failed', reason: String(error) });
}

const [, , module = '', argument = ''] = process.argv;
contend(module, argument).catch(tellFailure);
