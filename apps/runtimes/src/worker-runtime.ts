import { fileURLToPath } from 'node:url';
import type { AdapterUnderTest, ContractApp, ServedApp } from '@coatcheck/adapter-contract';
import { build } from 'esbuild';
import { Miniflare, type WorkerOptions } from 'miniflare';
import { checkPacked, PACKED, packedPlugin } from './packed.ts';

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

/** What a worker can be given: databases, Durable Objects, KV namespaces, variables and flags. */
export type WorkerBindings = Partial<
  Pick<WorkerOptions, 'bindings' | 'compatibilityFlags' | 'd1Databases' | 'durableObjects' | 'kvNamespaces'>
>;

/** Starts any worker module in workerd, with the behaviour of a compatibility date. Dispose of it after use. */
export async function startWorker(
  file: URL,
  compatibilityDate: string,
  bindings: WorkerBindings = {},
): Promise<Miniflare> {
  return startWorkers([file], compatibilityDate, bindings);
}

/** Starts a worker of each module, all with the same bindings, so that they share what is behind these. The first one is served; `getWorker('worker-1')` returns the second. */
export async function startWorkers(
  files: readonly URL[],
  compatibilityDate: string,
  bindings: WorkerBindings = {},
): Promise<Miniflare> {
  const workers = await Promise.all(
    files.map(async (file, index) => ({
      name: `worker-${index}`,
      modules: true as const,
      script: await bundle(file),
      compatibilityDate,
      ...bindings,
    })),
  );
  const worker = new Miniflare({ workers, host: '127.0.0.1', port: 0 });
  await worker.ready;
  return worker;
}

/** A worker as miniflare hands it out, whose types are those of another package. */
export interface ServedWorker {
  fetch(url: string, init: object): Promise<{ readonly status: number; text(): Promise<string> }>;
  scheduled(options: { readonly cron: string }): Promise<{ readonly outcome: string }>;
}

/** Returns one of the workers by its name; without a name, the first. */
export async function workerOf(miniflare: Miniflare, name?: string): Promise<ServedWorker> {
  const worker: unknown = await miniflare.getWorker(name);
  if (!isServed(worker)) throw new Error(`There is no worker ${name ?? 'at all'}.`);
  return worker;
}

function isServed(value: unknown): value is ServedWorker {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return typeof Reflect.get(value, 'fetch') === 'function';
}

/** Bundles the worker as for deployment: without Node.js, with the conditions of workerd. */
async function bundle(file: URL): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: [...(PACKED === undefined ? ['@coatcheck/source'] : []), 'workerd', 'worker'],
    plugins: PACKED === undefined ? [] : [packedPlugin(PACKED, false)],
    external: ['node:*', 'cloudflare:*'],
  });
  if (PACKED !== undefined) checkPacked(metafile);
  return outputFiles[0]?.text ?? '';
}
