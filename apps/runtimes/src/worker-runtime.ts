import { fileURLToPath } from 'node:url';
import type { AdapterUnderTest, ContractApp, ServedApp } from '@coatcheck/adapter-contract';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

/** The compatibility dates that are tested. From 2024-10-14 on workerd lets a promise of one request be resolved by another. */
export const OLDEST_DATE = '2024-01-01';
export const NEWEST_DATE = '2026-07-30';

/** Serves apps in workerd. The worker creates each app on request. */
export class WorkerRuntime implements AdapterUnderTest {
  readonly #file: URL;
  #worker: Miniflare | undefined;

  constructor(file: URL) {
    this.#file = file;
  }

  async start(): Promise<void> {
    this.#worker = await startWorker(this.#file, NEWEST_DATE);
  }

  async serve({ scenario }: ContractApp): Promise<ServedApp> {
    if (this.#worker === undefined) throw new Error('WorkerRuntime.start must be called before serve.');
    const { origin } = await this.#worker.ready;
    await this.#worker.dispatchFetch(`${origin}/serve/${scenario}`);
    return { url: origin, close: () => {} };
  }

  async stop(): Promise<void> {
    await this.#worker?.dispose();
  }
}

/** Starts any worker module in workerd, with the behaviour of a compatibility date. Dispose of it after use. */
export async function startWorker(file: URL, compatibilityDate: string): Promise<Miniflare> {
  const script = await bundle(file);
  const worker = new Miniflare({ modules: true, script, compatibilityDate, host: '127.0.0.1', port: 0 });
  await worker.ready;
  return worker;
}

/** Bundles the worker as for deployment: without Node.js, with the conditions of workerd. */
async function bundle(file: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['@coatcheck/source', 'workerd', 'worker'],
  });
  return outputFiles[0]?.text ?? '';
}
