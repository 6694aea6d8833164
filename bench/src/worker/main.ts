import { parseArgs } from 'node:util';
import { SIDES } from '../side-list.ts';
import { openBench } from './bench.ts';
import type { Ask, Reply, TaskName } from './task.ts';

// One side in a process of its own, so that no library's code or heap slows another's.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'boolean', default: false },
    redis: { type: 'string', default: '' },
    postgres: { type: 'string', default: '' },
    directory: { type: 'string', default: '' },
  },
});
const [id] = positionals;
const entry = SIDES.find((each) => each.id === id);
if (entry === undefined) throw new Error(`There is no side ${id}`);
const tasks = await openBench(await entry.load(), {
  isCounting: values.count,
  redisUrl: values.redis,
  postgresUrl: values.postgres,
  directory: values.directory,
});

process.on('message', (message: Ask) => {
  void perform(message).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit());
process.send?.({ ok: null });

async function perform<Name extends TaskName>({ name, ask }: Ask<Name>): Promise<Reply<Name>> {
  try {
    return { ok: await tasks[name](ask) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
