import { createInterface } from 'node:readline';
import { contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';
import type { Context } from 'hono';
import { contractFetch } from '../test-support/contract-fetch.ts';

type Fetch = ReturnType<typeof contractFetch>;

/** How a runtime serves HTTP, and what it knows of a connection. */
export interface Serving {
  /** Listens on a free port of the loopback interface. `env` in a call of `fetch` is what `addressOf` finds as `c.env`. */
  listen(fetch: Fetch): Promise<{ readonly port: number; stop(): unknown }>;
  addressOf(c: Context): string | undefined;
}

/**
 * Serves the apps that the parent process orders, a line of JSON for each order: `{"open": 1, "scenario": "plain"}` is answered with the
 * app's port, `{"close": 1}` when it has stopped. `{"done": 0}` says that it is ready.
 */
export async function serveOrders({ listen, addressOf }: Serving): Promise<void> {
  const open = new Map<number, { stop(): unknown }>();
  console.log(JSON.stringify({ done: 0 }));
  for await (const line of createInterface({ input: process.stdin })) {
    const order: { open?: number; close?: number; scenario: ScenarioName } = JSON.parse(line);
    if (order.open !== undefined) {
      const served = await listen(contractFetch(contractApp(order.scenario), addressOf));
      open.set(order.open, served);
      console.log(JSON.stringify({ done: order.open, port: served.port }));
    } else if (order.close !== undefined) {
      await open.get(order.close)?.stop();
      console.log(JSON.stringify({ done: order.close }));
    }
  }
}
