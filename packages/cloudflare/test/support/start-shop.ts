import { startWorkers, workerOf } from '@coatcheck/runtimes/worker-runtime';

const FILE = new URL('./shop-worker.ts', import.meta.url);
const POST = { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } } as const;

/** One visitor of the shop. */
export interface ShopVisitor {
  /** Adds an item and resolves to the response's status. `elsewhere` sends the request to the second worker. */
  add(item: string, how?: { signal?: AbortSignal; elsewhere?: boolean }): Promise<number>;
  cart(): Promise<string[]>;
}

/** What the two workers let tests do. */
export interface Shop {
  readonly miniflare: Awaited<ReturnType<typeof startWorkers>>;
  post(path: string): Promise<Response>;
  /** Begins a session. */
  visitor(way: string): Promise<ShopVisitor>;
}

/** Starts two workers over one D1 database and one namespace. */
export async function startShop(date: string): Promise<Shop> {
  const miniflare = await startWorkers([FILE, FILE], date, {
    d1Databases: { DB: 'shop' },
    durableObjects: { SESSIONS: { className: 'SessionObject', scriptName: 'worker-0', useSQLite: true } },
  });
  const { origin } = await miniflare.ready;
  const second = await workerOf(miniflare, 'worker-1');
  return {
    miniflare,
    post: (path: string) => fetch(`${origin}${path}`, POST),
    async visitor(way: string): Promise<ShopVisitor> {
      const first = await fetch(`${origin}/${way}/add/first`, POST);
      if (first.status !== 200) throw new Error(await first.text());
      const headers = { ...POST.headers, cookie: first.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
      return {
        async add(item, { signal, elsewhere = false } = {}) {
          const url = `${origin}/${way}/add/${item}`;
          const response = elsewhere
            ? await second.fetch(url, { ...POST, headers })
            : await fetch(url, { ...POST, headers, signal: signal ?? null });
          await response.text();
          return response.status;
        },
        cart: async () => (await (await fetch(`${origin}/${way}`, { headers })).text()).split(' '),
      };
    },
  };
}
