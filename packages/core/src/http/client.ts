import { browserFamily, platformOf } from './client-look.ts';
import { networkOf } from './ip-network.ts';
import type { RequestView } from './request-view.ts';

/** What a record stores of a client; an empty string means unknown. */
export interface Client {
  readonly network: string;
  readonly browser: string;
  readonly platform: string;
}

/** Looks at the client of a request: its network and its browser's family, never the whole address or version. */
export function lookAt(request: RequestView): Client {
  const userAgent = request.header('user-agent') ?? '';
  return {
    network: networkOf(request.ip, 24, 56) ?? '',
    browser: browserFamily(userAgent),
    platform: platformOf(userAgent),
  };
}

/** Tells whether two looks cannot be of one client on one network; what is unknown counts as equal. */
export function looksDifferent(a: Client, b: Client): boolean {
  return differs(a.network, b.network) || differs(a.browser, b.browser);
}

/** Tells whether two descriptions match in network, browser family and platform. What is unknown proves nothing, so it matches nothing. */
export function looksSame(a: Client, b: Client): boolean {
  return (
    a.network !== '' &&
    a.browser !== '' &&
    a.network === b.network &&
    a.browser === b.browser &&
    a.platform === b.platform
  );
}

function differs(a: string, b: string): boolean {
  return a !== '' && b !== '' && a !== b;
}
