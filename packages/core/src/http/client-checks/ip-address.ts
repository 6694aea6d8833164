import { configError } from '../../common/errors.ts';
import { isUnreadableAddress, networkOf } from '../ip-network.ts';
import type { ClientCheck } from './client-check.ts';

/** Sets how much of an address is compared. */
export interface IpAddressOptions {
  /** The length of the IPv4 prefix in bits, 8 to 32. Default 24. */
  readonly v4?: number;
  /** The length of the IPv6 prefix in bits, 16 to 128. Default 56, what many providers assign to one customer. */
  readonly v6?: number;
}

/**
 * Compares the client's network. An IPv4 address mapped into IPv6 counts as IPv4. An address that cannot be parsed differs from every network; one that the
 * adapter does not know counts as equal.
 *
 * Danger: mobile clients change networks, and one with IPv4 and IPv6 has two. With `onClientChange: 'refuse'` such visitors must sign in again;
 * clients behind one NAT or proxy are not told apart at all. Behind a proxy the adapter needs the framework's proxy setting.
 *
 * @example
 * ```ts
 * createSessions({ store, clientChecks: [ipAddress({ v4: 16 })], onClientChange: 'report' });
 * ```
 */
export function ipAddress({ v4 = 24, v6 = 56 }: IpAddressOptions = {}): ClientCheck {
  checkBits('ipAddress({ v4 })', v4, 8, 32);
  checkBits('ipAddress({ v6 })', v6, 16, 128);
  return { name: 'ip-address', observe: (request) => observeNetwork(request.ip, v4, v6) };
}

/** Returns the network. A string that is no address has a value of its own: behind a badly configured proxy a client may choose it, and it must not pass the check. */
function observeNetwork(ip: string | undefined, v4: number, v6: number): string | undefined {
  return networkOf(ip, v4, v6) ?? (isUnreadableAddress(ip) ? 'unreadable' : undefined);
}

function checkBits(option: string, given: unknown, least: number, most: number): void {
  if (!Number.isInteger(given) || Number(given) < least || Number(given) > most) {
    throw configError(option, given, `a whole number of bits from ${least} to ${most}`);
  }
}
