import { issue } from '@coatcheck/core/testing';
import { openStore } from './open-store.ts';
import { countingSessions, load } from './record.ts';

/** What a process is told to do at once, so many times. */
export type Task =
  | { readonly kind: 'update'; readonly cookie: string; readonly times: number }
  | { readonly kind: 'sign-in'; readonly prefix: string; readonly times: number };

/** How long each took in milliseconds, and what the others failed with. */
export interface Report {
  readonly took: readonly number[];
  readonly failures: readonly string[];
}

// Run as one of several processes of an app.
const [, , argument = ''] = process.argv;
const sessions = countingSessions(await openStore(argument));

const doOnce = async (task: Task, at: number): Promise<void> => {
  if (task.kind === 'sign-in') {
    await issue(sessions, { userId: `${task.prefix}-${at}` });
    return;
  }
  const session = await load(sessions, task.cookie);
  await session.update((data) => {
    data.count += 1;
  });
};

process.on('message', async (task: Task) => {
  const took: number[] = [];
  const failures: string[] = [];
  const all = Array.from({ length: task.times }, async (_, at) => {
    const start = performance.now();
    try {
      await doOnce(task, at);
      took.push(performance.now() - start);
    } catch (error) {
      failures.push(String(error));
    }
  });
  await Promise.all(all);
  process.send?.({ took, failures } satisfies Report);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
