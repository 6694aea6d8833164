import type { AdapterUnderTest } from './adapter-under-test.ts';
import type { ClauseGroup } from './clause.ts';
import { data } from './clauses/data.ts';
import { devices } from './clauses/devices.ts';
import { failures } from './clauses/failures.ts';
import { headers } from './clauses/headers.ts';
import { inputs } from './clauses/inputs.ts';
import { network } from './clauses/network.ts';
import { options } from './clauses/options.ts';
import { origins } from './clauses/origins.ts';
import { running } from './clauses/running.ts';
import { signing } from './clauses/signing.ts';
import { transports } from './clauses/transports.ts';
import { untouched } from './clauses/untouched.ts';
import { ways } from './clauses/ways.ts';
import { Lab } from './lab.ts';
import type { TestRunner } from './test-runner.ts';

const GROUPS: readonly ClauseGroup[] = [
  { title: 'an unused session', clauses: untouched },
  { title: 'data', clauses: data },
  { title: 'signing in and out', clauses: signing },
  { title: 'made-up tokens', clauses: inputs },
  { title: 'kinds of responses', clauses: ways },
  { title: "the app's own headers", clauses: headers },
  { title: 'failures', clauses: failures },
  { title: 'responses that have started', clauses: running },
  { title: 'options', clauses: options },
  { title: 'requests from other sites', clauses: origins },
  { title: 'proxies', clauses: network },
  { title: 'sessions bound to a device', clauses: devices },
  { title: 'tokens outside cookies', clauses: transports },
];

/**
 * Registers the contract of an adapter as tests, one for each clause.
 *
 * Each clause serves its own app and talks to it over HTTP, as browsers and other clients do. An adapter that passes gives its
 * framework's users every promise of the core. No clause can be switched off.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { describe, it } from 'vitest';
 *
 * testAdapterContract({ describe, it }, { serve: (app) => listen(createServer(serverOf(app))) });
 * ```
 */
export function testAdapterContract({ describe, it }: TestRunner, adapter: AdapterUnderTest): void {
  describe('adapter contract', () => {
    for (const { title, clauses } of GROUPS) {
      describe(title, () => {
        for (const clause of clauses) {
          it(clause.title, async () => {
            const lab = new Lab(adapter);
            try {
              await clause.check(lab);
            } finally {
              await lab.close();
            }
          });
        }
      });
    }
  });
}
