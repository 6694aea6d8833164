import type { Session, SessionEvent } from '@coatcheck/core';
import { ACTIONS } from './actions.ts';
import { Gate } from './gate.ts';
import { ObservedStore } from './observed-store.ts';
import { makeOwnHeaders, type OwnHeaders } from './own-headers.ts';
import { type ContractData, type ContractMount, mountsOf, type ScenarioName } from './scenario.ts';

/** The app that an adapter's author serves: its session managers, and what each route performs. */
export interface ContractApp {
  /** Names this app: `contractApp(scenario)` makes it again, in another process or runtime. */
  readonly scenario: ScenarioName;
  /** The session managers to mount, in this order, each with the options for your `session()`. */
  readonly mounts: readonly ContractMount[];
  /** Whether the framework trusts exactly one proxy in front of it, for `X-Forwarded-For` and `X-Forwarded-Host`; otherwise it believes neither. */
  readonly trustProxy: boolean;
  /** The headers that the routes `/headers`, `/raw-object` and `/raw-array` send. Use them as they are: no copies. */
  readonly ownHeaders: OwnHeaders;
  /** Fetches the response that the route `/elsewhere` hands on: the text `elsewhere`, its headers immutable as those of every response that `fetch` gives. */
  fromElsewhere(): Promise<Response>;
  /**
   * Performs a route's target, and resolves to the text to answer with.
   *
   * `request` is what carries the sessions under their names: `req`, `ctx`, `c.var`.
   */
  perform(target: string, request: object): Promise<string>;
  /** Performs a target once the client has what was sent before it. Never rejects: a response that runs has no other way to tell. */
  performLate(target: string, request: object): Promise<string>;
}

/** Makes the app of a scenario, with a store of its own. */
export function contractApp(scenario: ScenarioName): ContractApp {
  return new App(scenario);
}

class App implements ContractApp {
  readonly scenario: ScenarioName;
  readonly mounts: readonly ContractMount[];
  readonly trustProxy: boolean;
  readonly ownHeaders: OwnHeaders = makeOwnHeaders();
  readonly #store = new ObservedStore();
  readonly #events: SessionEvent[] = [];
  readonly #gate = new Gate();
  readonly #lateDone = new Gate();
  #clock = 0;

  constructor(scenario: ScenarioName) {
    this.scenario = scenario;
    this.trustProxy = scenario === 'proxy';
    this.mounts = mountsOf(scenario, {
      store: this.#store,
      now: () => Date.now() + this.#clock,
      onEvent: (event) => this.#events.push(event),
    });
  }

  fromElsewhere(): Promise<Response> {
    return fetch('data:text/plain,elsewhere');
  }

  async perform(target: string, request: object): Promise<string> {
    const [name = '', action = ''] = target.split('.');
    if (name === 'kit') return JSON.stringify((await this.#control(action)) ?? null);
    if (name === 'all') {
      const names = this.mounts.map(({ options }) => options.as ?? 'session');
      return JSON.stringify(await Promise.all(names.map((each) => this.#act(action, request, each))));
    }
    return JSON.stringify((await this.#act(action, request, name)) ?? null);
  }

  async performLate(target: string, request: object): Promise<string> {
    try {
      await this.#gate.pass();
      return JSON.stringify({ result: JSON.parse(await this.perform(target, request)) });
    } catch (error) {
      return JSON.stringify({
        error: error instanceof Error && 'code' in error ? error.code : String(error),
      });
    } finally {
      this.#lateDone.open();
    }
  }

  async #act(action: string, request: object, name: string): Promise<unknown> {
    const session: unknown = Reflect.get(request, name);
    if (!isSession(session)) throw new Error(`The request carries no session under the name ${name}.`);
    const perform = ACTIONS.get(action);
    if (perform === undefined) throw new Error(`The contract knows no action ${action}.`);
    return perform(session);
  }

  /** Answers the contract's own questions and orders. They need no session, so any route may carry them. */
  #control(action: string): unknown {
    const store = this.#store;
    switch (action) {
      case 'nothing':
        return undefined;
      case 'store':
        return { reads: store.reads, writes: store.writes, records: store.records };
      case 'events':
        return this.#events;
      case 'break-store':
        store.isFailing = true;
        return undefined;
      case 'mend-store':
        store.isFailing = false;
        return undefined;
      case 'open-gate':
        return this.#gate.open();
      case 'late-done':
        return this.#lateDone.pass();
      case 'pass-5-minutes':
        this.#clock += 5 * 60_000;
        return undefined;
      case 'pass-20-minutes':
        this.#clock += 20 * 60_000;
        return undefined;
      default:
        throw new Error(`The contract knows no order ${action}.`);
    }
  }
}

function isSession(value: unknown): value is Session<ContractData> {
  return typeof value === 'object' && value !== null && 'update' in value && 'signIn' in value;
}
