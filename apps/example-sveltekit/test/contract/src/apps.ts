import type { IncomingMessage } from 'node:http';
import type { ContractApp } from '@coatcheck/adapter-contract/app';
import type { RequestEvent } from '@sveltejs/kit';

declare global {
  /** The apps of the contract that are served, by their ports. The process that loads this build puts them here. */
  var contractApps: Map<number, ContractApp> | undefined;
  namespace App {
    interface Locals {
      carried: object;
    }
    interface Platform {
      req: IncomingMessage;
    }
  }
}

/** Returns the app that a request is for. */
export function appOf({ platform }: RequestEvent): ContractApp {
  const port = platform?.req.socket.localPort ?? 0;
  const app = globalThis.contractApps?.get(port);
  if (app === undefined) throw new Error(`There must be an app on port ${port}; there is none.`);
  return app;
}
