import type { AdapterUnderTest, ServedApp } from './adapter-under-test.ts';
import { contractApp, type ScenarioName } from './app/index.ts';
import { Visitor } from './visitor.ts';

/** Serves what one clause asks for, and stops it afterwards. */
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

/** How often an app asked its store, and how many records are there. */
export interface StoreCounts {
  readonly reads: number;
  readonly writes: number;
  readonly records: number;
}

/** A served app, from outside. */
export class Site {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Somebody who was never here. */
  stranger(): Visitor {
    return new Visitor(this.url);
  }

  /** Somebody with a session whose count is 1. */
  async visitor(): Promise<Visitor> {
    const visitor = this.stranger();
    const { status } = await visitor.post('/text/session.add');
    if (status !== 200) throw new Error(`A first write was answered with ${status}`);
    return visitor;
  }

  async store(): Promise<StoreCounts> {
    const { reads, writes, records } = Object(await this.order('store'));
    return { reads: Number(reads), writes: Number(writes), records: Number(records) };
  }

  /** Gives the app an order of the contract, as a stranger. */
  async order(order: string): Promise<unknown> {
    return (await this.stranger().get(`/text/kit.${order}`)).told;
  }
}
