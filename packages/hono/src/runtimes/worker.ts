import { contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';
import type { ExecutionContext } from 'hono';
import { contractFetch } from '../test-support/contract-fetch.ts';

const SCENARIOS: readonly ScenarioName[] = ['plain', 'lazy', 'passive', 'two', 'tokens', 'proxy'];

const serve = (scenario: ScenarioName) => contractFetch(contractApp(scenario), () => undefined);

// Made outside any request, as apps do: workerd allows neither I/O nor randomness there.
let app = serve('plain');

const worker = {
  /** Serves the app of one clause after the other; `/serve/:scenario` makes the next. */
  async fetch(request: Request, _env: object, execution: ExecutionContext): Promise<Response> {
    const [, order, name] = new URL(request.url).pathname.split('/');
    if (order !== 'serve') return app(request, { goesOn: true }, execution);
    const scenario = SCENARIOS.find((each) => each === name);
    if (scenario === undefined) return new Response('There is no such scenario', { status: 404 });
    app = serve(scenario);
    return new Response('');
  },
};

// biome-ignore lint/style/noDefaultExport: the form of a worker's module.
export default worker;
