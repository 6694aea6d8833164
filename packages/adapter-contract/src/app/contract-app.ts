import type { Session, SessionEvent } from '@coatcheck/core';
import { ACTIONS } from './actions.ts';
import { Gate } from './gate.ts';
import { ObservedStore } from './observed-store.ts';
import { makeOwnHeaders, type OwnHeaders } from './own-headers.ts';
import { type ContractData, type ContractMount, mountsOf, type ScenarioName } from './scenario.ts';

/** The app that an adapter's author serves: its session managers, and what its routes perform. */
export interface ContractApp {
  /** Names this app: `contractApp(scenario)` creates it again in another process or runtime. */
  readonly scenario: ScenarioName;
  /** The session managers to mount, in this order, each with its options for your `session()`. */
  readonly mounts: readonly ContractMount[];
  /** Whether the framework trusts exactly one proxy for `X-Forwarded-For` and `X-Forwarded-Host`. If false, it must ignore both headers. */
  readonly trustProxy: boolean;
  /** The headers that the routes `/headers`, `/raw-object` and `/raw-array` send. Pass these very objects, not copies. */
  readonly ownHeaders: OwnHeaders;
  /** Fetches the response for the route `/elsewhere`. Its body is `elsewhere`, and its headers are immutable, as in every response of `fetch`. */
  fromElsewhere(): Promise<Response>;
  /**
   * Performs a route's target. Resolves to the string to respond with.
   *
   * `request` is the object that has the sessions as properties: `req`, `ctx`, `c.var`.
   *
   * @throws {SessionError} whatever the session throws. Pass it to the framework's error handling.
   * @throws {Error} if `request` has no session of that name, or if the target is unknown.
   */
  perform(target: string, request: object): Promise<string>;
  /** Performs a target after the client has received what was sent before. Never rejects: after the response has started, the returned string is the only way to report an error. */
  performLate(target: string, request: object): Promise<string>;
}

/**
 * Creates the app of a scenario, with its own store.
 *
 * @example
 * ```ts
 * const { mounts } = contractApp('plain');
 * for (const { sessions, options } of mounts) app.use(session(sessions, options));
 * ```
 */
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
  /** How many targets were performed besides the contract's own orders. */
  #performed = 0;

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
    this.#performed += 1;
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
    if (!isSession(session))
      throw new Error(`The adapter must attach a session to the request as '${name}'; there is none.`);
    const perform = ACTIONS.get(action);
    if (perform === undefined)
      throw new Error(
        `The target must be one that the contract requests; received the unknown action '${action}'.`,
      );
    return perform(session);
  }

  /** Runs the contract's own commands. They need no session, so any route can carry them. */
  #control(action: string): unknown {
    const store = this.#store;
    switch (action) {
      case 'nothing':
        return undefined;
      case 'store':
        return { reads: store.reads, writes: store.writes, records: store.records };
      case 'performed':
        return this.#performed;
      case 'events':
        return this.#events;
      case 'break-store':
        store.isFailing = true;
        return undefined;
      case 'mend-store':
        store.isFailing = false;
        return undefined;
      case 'slow-store':
        store.latency = 20;
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
        throw new Error(
          `The target must be one that the contract requests; received the unknown command '${action}'.`,
        );
    }
  }
}

function isSession(value: unknown): value is Session<ContractData> {
  return typeof value === 'object' && value !== null && 'update' in value && 'signIn' in value;
}
