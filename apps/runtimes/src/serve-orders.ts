import { createInterface } from 'node:readline';
import { type ContractApp, contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';

/** A server that listens. */
export interface Listening {
  readonly port: number;
  stop(): unknown;
}

/**
 * Serves the apps that the parent process orders, a line of JSON for each order: `{"open": 1, "scenario": "plain"}` is answered with the
 * app's port, `{"close": 1}` when it has stopped. `{"done": 0}` says that it is ready.
 */
export async function serveOrders(listen: (app: ContractApp) => Promise<Listening>): Promise<void> {
  const open = new Map<number, Listening>();
  console.log(JSON.stringify({ done: 0 }));
  for await (const line of createInterface({ input: process.stdin })) {
    const order: { open?: number; close?: number; scenario: ScenarioName } = JSON.parse(line);
    if (order.open !== undefined) {
      const served = await listen(contractApp(order.scenario));
      open.set(order.open, served);
      console.log(JSON.stringify({ done: order.open, port: served.port }));
    } else if (order.close !== undefined) {
      await open.get(order.close)?.stop();
      console.log(JSON.stringify({ done: order.close }));
    }
  }
}
