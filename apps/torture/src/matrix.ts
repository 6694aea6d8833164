import { appendFileSync, mkdirSync } from 'node:fs';
import { judge } from './judge.ts';
import type { Options, Pair } from './options.ts';
import { appendResult } from './report/results.ts';
import { type Summary, summarize } from './report/summary.ts';
import { tableOf } from './report/table.ts';
import type { Progress } from './run/torture.ts';
import { startStore } from './stores/start-store.ts';
import type { StoreUnderTest } from './stores/store-under-test.ts';

const MAX_SHOWN = 20;

/** Runs every store under every nemesis, and prints a table. Resolves to whether all runs took place and broke no promise. */
export async function runMatrix(options: Options, signal: AbortSignal): Promise<boolean> {
  if (options.keep !== undefined) mkdirSync(options.keep, { recursive: true });
  // A file that cannot be written is an error now, not after the first run.
  if (options.json !== undefined) appendFileSync(options.json, '');
  const summaries: Summary[] = [];
  let isGood = true;
  for (const pair of options.pairs) {
    for (const seed of options.seeds) {
      if (signal.aborted) break;
      const summary = await runPair(pair, seed, options, signal);
      isGood &&= summary?.violations === 0;
      if (summary !== undefined) summaries.push(summary);
    }
  }
  if (summaries.length > 0) console.log(`\n${tableOf(summaries)}`);
  return isGood && !signal.aborted;
}

/** Runs one store under one nemesis. Undefined if the run did not take place. */
async function runPair(
  { store: kind, nemesis }: Pair,
  seed: number,
  { seconds, clients, servers, keep, json }: Options,
  signal: AbortSignal,
): Promise<Summary | undefined> {
  const title = `${kind} under ${nemesis.name}, seed ${seed}`;
  let store: StoreUnderTest | undefined;
  try {
    store = await startStore(kind, servers);
    // While it starts, nothing looks at the signal.
    signal.throwIfAborted();
    const onProgress = (progress: Progress): void => show(title, seconds, progress);
    const run = { store, nemesis, seconds, seed, clients, servers, signal, onProgress };
    const { verdict, path } = await judge(run, keep);
    endLine();
    const summary = summarize(verdict);
    if (json !== undefined) appendResult(json, store.version, summary);
    const { requests, violations, undone, warnings } = summary;
    console.log(
      `${title}, ${store.version}: ${requests} requests, ${violations} violations, ${undone} undone`,
    );
    for (const [code, times] of Object.entries(warnings)) console.log(`  warning ${code}: ${times} times`);
    for (const { kind: what, message, calls } of verdict.violations.slice(0, MAX_SHOWN))
      console.log(`  ${what}: ${message} (calls ${calls.join(', ')})`);
    if (violations > 0) console.log(`  The history is in ${path}`);
    return summary;
  } catch (error) {
    endLine();
    const failed = error instanceof Error ? error.message : String(error);
    if (json !== undefined) {
      appendResult(json, store?.version ?? '', { store: kind, nemesis: nemesis.name, seed, seconds, failed });
    }
    console.error(`${title} did not take place: ${failed}`);
    return undefined;
  } finally {
    await store?.stop();
  }
}

function show(title: string, seconds: number, { requests, ok, failed, faults, ...progress }: Progress): void {
  const at = `${Math.round(progress.seconds)} of ${seconds} s`;
  const line = `${title}: ${at}, ${requests} requests, ${ok} good, ${failed} failed, ${faults} faults`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (Math.round(progress.seconds) % 10 === 0) console.log(line);
}

function endLine(): void {
  if (process.stdout.isTTY) process.stdout.write('\n');
}
