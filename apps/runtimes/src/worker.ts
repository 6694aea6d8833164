import { type ContractApp, contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';

/** What is used here of what workerd passes with a request. */
export interface Execution {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
}

type WorkerFetch = (request: Request, execution: Execution) => Response | Promise<Response>;

/** The module of a worker. */
export interface Worker {
  fetch(request: Request, env: object, execution: Execution): Promise<Response>;
}

/** Makes a worker that serves the app of one clause after the other; `/serve/:scenario` makes the next. */
export function makeWorker(serve: (app: ContractApp) => WorkerFetch): Worker {
  // Made outside any request, as apps do: workerd allows neither I/O nor randomness there.
  let app = serve(contractApp('plain'));
  return {
    async fetch(request, _env, execution) {
      const [, order, name] = new URL(request.url).pathname.split('/');
      if (order !== 'serve') return app(request, execution);
      const scenario = SCENARIO_NAMES.find((each) => each === name);
      if (scenario === undefined) return new Response('There is no such scenario', { status: 404 });
      app = serve(contractApp(scenario));
      return new Response('');
    },
  };
}

interface WorkerSocket {
  accept(): void;
}

declare const WebSocketPair: new () => { readonly 0: WorkerSocket; readonly 1: WorkerSocket };

/** Makes the response to a WebSocket upgrade. */
export function upgradeInWorker(): Response {
  const { 0: webSocket, 1: socket } = new WebSocketPair();
  socket.accept();
  const init: ResponseInit & { webSocket: WorkerSocket } = { status: 101, webSocket };
  return new Response(null, init);
}

const SCENARIO_NAMES: readonly ScenarioName[] = [
  'plain',
  'lazy',
  'passive',
  'two',
  'twice',
  'tokens',
  'proxy',
];
