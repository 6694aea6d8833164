import { type ContractApp, contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';

/** The part of workerd's execution context that is used here. */
export interface Execution {
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
}

type WorkerFetch = (request: Request, execution: Execution) => Response | Promise<Response>;

/** The module of a worker. */
export interface Worker {
  fetch(request: Request, env: object, execution: Execution): Promise<Response>;
}

/** Creates a worker that serves the app of one clause at a time; `/serve/:scenario` creates the next one. */
export function makeWorker(serve: (app: ContractApp) => WorkerFetch): Worker {
  // Created outside any request, as apps do. workerd allows neither I/O nor randomness there.
  let app = serve(contractApp('plain'));
  return {
    async fetch(request, _env, execution) {
      const [, command, name] = new URL(request.url).pathname.split('/');
      if (command !== 'serve') return app(request, execution);
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

/** Creates the response to a WebSocket upgrade. */
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
  'clash',
  'tokens',
  'proxy',
  'open',
  'bound',
  'proven',
];
