import type { ContractApp } from '@coatcheck/adapter-contract/app';

declare global {
  /** The apps of the contract that are served, by their ports. The process that loads this build puts them here. */
  var contractApps: Map<string, ContractApp> | undefined;
}

/** Returns the app that a request is for. */
export function appOf({ headers }: Request): ContractApp {
  const port = headers.get('host')?.split(':')[1] ?? '';
  const app = globalThis.contractApps?.get(port);
  if (app === undefined) throw new Error(`There must be an app on port ${port}; there is none.`);
  return app;
}
