import type { SessionStore } from '@coatcheck/hono';

/** How a call of a store goes: well, it fails `before` or `after` it has an effect, or it is `late`, so that another request goes on in its place. */
export type CallFate = 'well' | 'before' | 'after' | 'late';

type Kind = 'reads' | 'writes';

/** How long each call takes at least, in milliseconds. */
const LATENCY = 20;
/** How long a late call takes, in milliseconds: longer than a request waits for one that writes for it. */
const LATE = 1_500;

/** Counts the calls of a store within a worker, and makes those fail that a test has chosen. */
export class StoreCalls {
  #lastAt = 0;
  #planned: Record<Kind, string[]> = { reads: [], writes: [] };

  /** Returns a store whose calls go as planned. */
  watch(store: SessionStore): SessionStore {
    const { sweep } = store;
    return {
      read: (key) => this.#run('reads', () => store.read(key)),
      compareAndSet: (key, expected, next) =>
        this.#run('writes', () => store.compareAndSet(key, expected, next)),
      ...(sweep && { sweep: sweep.bind(store) }),
    };
  }

  /**
   * Serves a test. POST plans the next calls: the query `writes=after,well,before` and likewise `reads`. Responds with how long ago the last call began, in
   * milliseconds.
   */
  serve({ method, url }: Request): Response {
    const { searchParams } = new URL(url);
    const planned = (kind: Kind) => searchParams.get(kind)?.split(',') ?? [];
    if (method === 'POST') this.#planned = { reads: planned('reads'), writes: planned('writes') };
    return new Response(String(Date.now() - this.#lastAt));
  }

  async #run<T>(kind: Kind, call: () => T | PromiseLike<T>): Promise<T> {
    this.#lastAt = Date.now();
    const fate = this.#planned[kind].shift();
    await wait(LATENCY);
    if (fate === 'before') throw new Error('Failed on purpose, before the call');
    if (fate === 'late') await wait(LATE);
    const result = await call();
    if (fate === 'after') throw new Error('Failed on purpose, after the call');
    return result;
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
