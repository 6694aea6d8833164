import type { AdapterUnderTest, ServedApp } from './adapter-under-test.ts';
import { contractApp, type ScenarioName } from './app/index.ts';
import { Visitor } from './visitor.ts';

/** Serves the apps that one clause asks for, and stops them afterwards. */
export class Lab {
  readonly #adapter: AdapterUnderTest;
  readonly #served: ServedApp[] = [];

  constructor(adapter: AdapterUnderTest) {
    this.#adapter = adapter;
  }

  async serve(scenario: ScenarioName = 'plain'): Promise<Site> {
    const served = await this.#adapter.serve(contractApp(scenario));
    this.#served.push(served);
    return new Site(served.url);
  }

  async close(): Promise<void> {
    for (const served of this.#served.reverse()) await served.close();
  }
}

/** How often an app called its store, and how many records it has. */
export interface StoreCounts {
  readonly reads: number;
  readonly writes: number;
  readonly records: number;
}

/** A served app, as clients see it. */
export class Site {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Creates a client that has never visited. */
  stranger(): Visitor {
    return new Visitor(this.url);
  }

  /** Creates a client with a session whose count is 1. */
  async visitor(): Promise<Visitor> {
    const visitor = this.stranger();
    const { status } = await visitor.post('/text/session.add');
    if (status !== 200) throw new Error(`The first write must succeed; the response has status ${status}.`);
    return visitor;
  }

  async store(): Promise<StoreCounts> {
    const { reads, writes, records } = Object(await this.command('store'));
    return { reads: Number(reads), writes: Number(writes), records: Number(records) };
  }

  /** Sends the app a command of the contract, as a new client. */
  async command(name: string): Promise<unknown> {
    return (await this.stranger().get(`/text/kit.${name}`)).result;
  }
}
