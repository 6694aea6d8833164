import type { SessionStore } from '@coatcheck/core';
import type { Publication, Report, Task, Win } from './contender-process.ts';

/** Runs as one of the processes of the clause about several processes: opens the store, and writes on request. */
async function contend(module: string, argument: string): Promise<void> {
  const { openStore }: { openStore?: unknown } = await import(module);
  if (typeof openStore !== 'function') throw new Error(`${module} must export a function openStore.`);
  const store: SessionStore = await openStore(argument);
  process.on('message', (task: Task | Publication) => {
    if ('publish' in task) {
      publish(store, task.publish).then(() => report({ kind: 'published' }), reportFailure);
      return;
    }
    write(store, task).then((wins) => report({ kind: 'won', wins }), reportFailure);
  });
  // Without its parent this process has no purpose.
  process.on('disconnect', () => process.exit());
  report({ kind: 'opened' });
}

async function publish(store: SessionStore, message: string): Promise<void> {
  await store.publish?.(message);
}

async function write(store: SessionStore, task: Task): Promise<readonly Win[]> {
  const wins: Win[] = [];
  const writers = Array.from({ length: task.writers }, async (_, writer) => {
    let seen = 0;
    for (let attempt = 1; attempt <= task.attempts; attempt += 1) {
      const found = await store.read(task.key);
      if (found === undefined) throw new Error('read returned undefined for a record that nobody deletes');
      if (found.version < seen) throw new Error(`read returned version ${found.version} after ${seen}`);
      const win = { version: found.version + 1, body: `attempt ${attempt} of ${writer} in ${task.name}` };
      const won = await store.compareAndSet(task.key, found.version, { ...win, expiresAt: task.expiresAt });
      if (won) wins.push(win);
      seen = won ? win.version : found.version;
    }
  });
  await Promise.all(writers);
  return wins;
}

function report(content: Report): void {
  process.send?.(content);
}

function reportFailure(error: unknown): void {
  report({ kind: 'failed', reason: String(error) });
}

const [, , module = '', argument = ''] = process.argv;
contend(module, argument).catch(reportFailure);
