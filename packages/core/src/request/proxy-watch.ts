import { isPrivateAddress } from '../http/ip-network.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Warnings } from './warnings.ts';

/** How many new sessions in a row from one private address behind a proxy are no chance. */
const MIN_SESSIONS = 10;

/** Looks at the addresses of new sessions, and warns if the app takes its proxy for the visitor. */
export class ProxyWatch {
  readonly #warnings: Warnings;
  #address: string | undefined = undefined;
  #count = 0;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** Notes the request that a session is granted in, and the network that its address was found to be in. */
  note(request: RequestView, network: string): void {
    const { ip } = request;
    if (ip === undefined || ip === '') return;
    if (network === '') {
      this.#warnings.warn(
        'address-unreadable',
        'The address of a client is not an IP address, so clients cannot be compared by it. Check what the adapter or the proxy passes as ip.',
      );
      return;
    }
    const isForwarded =
      request.header('x-forwarded-for') !== undefined || request.header('forwarded') !== undefined;
    if (!isForwarded || !isPrivateAddress(ip)) {
      this.#count = 0;
      return;
    }
    this.#count = ip === this.#address ? this.#count + 1 : 1;
    this.#address = ip;
    if (this.#count < MIN_SESSIONS) return;
    this.#count = 0;
    this.#warnings.warn(
      'proxy-not-trusted',
      `The last ${MIN_SESSIONS} new sessions came from ${ip}, a private address, with a forwarded header: the app takes its proxy for the visitor. Tell the framework which proxy to trust, such as app.set('trust proxy', 1) in Express or new Koa({ proxy: true, maxIpsCount: 1 }).`,
    );
  }
}
