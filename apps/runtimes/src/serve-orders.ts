import { createInterface } from 'node:readline';
import { type ContractApp, contractApp, type ScenarioName } from '@coatcheck/adapter-contract/app';

/** A listening server. */
export interface Listening {
  readonly port: number;
  stop(): unknown;
}

/**
 * Serves apps for the parent process, which sends each order as a line of JSON. `{"open": 1, "scenario": "plain"}` starts an app, and the
 * reply has its port. `{"close": 1}` stops it. Replies are `{"done": 1}`; `{"done": 0}` says that the process is ready.
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
