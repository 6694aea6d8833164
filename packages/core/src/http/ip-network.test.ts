import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress, isUnreadableAddress, networkOf } from './ip-network.ts';

const PRIVATE: readonly string[] = ['private', 'loopback', 'linkLocal', 'uniqueLocal', 'carrierGradeNat'];
// ipaddr.js takes the deprecated `::192.0.2.1` for a mapped address, which RFC 4291 keeps apart.
const ipV6 = fc.ipV6().filter((ip) => !/^::\d+\./.test(ip));
const address = fc.oneof(
  fc.ipV4(),
  ipV6,
  fc.ipV4().map((v4) => `::ffff:${v4}`),
);

/** Says the same by ipaddr.js. */
function network(ip: string, v4Bits: number, v6Bits: number): string {
  const parsed = ipaddr.process(ip);
  if (parsed instanceof ipaddr.IPv4) {
    return `${ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${v4Bits}`).toString()}/${v4Bits}`;
  }
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString()}/${v6Bits}`).toString()}/${v6Bits}`;
}

describe('as ipaddr.js says', () => {
  it('is the network of any address, for any length', () => {
    fc.assert(
      fc.property(
        address,
        fc.integer({ min: 8, max: 32 }),
        fc.integer({ min: 16, max: 128 }),
        (ip, v4, v6) => {
          expect(networkOf(ip, v4, v6)).toBe(network(ip, v4, v6));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is an address private or not', () => {
    const edges = [
      '10',
      '100.63',
      '100.64',
      '100.127',
      '100.128',
      '127',
      '169.253',
      '169.254',
      '172.15',
      '172.16',
    ]
      .concat(['172.31', '172.32', '192.167', '192.168'])
      .map((start) => [...start.split('.'), '1', '2', '3'].slice(0, 4).join('.'));
    const six = [
      '::',
      '::1',
      '::2',
      'fbff::',
      'fc00::',
      'fdff::1',
      'fe00::',
      'fe7f::',
      'fe80::',
      'febf::1',
      'fec0::',
    ];
    for (const ip of [...edges, ...six]) {
      expect([ip, isPrivateAddress(ip)]).toEqual([ip, PRIVATE.includes(ipaddr.process(ip).range())]);
    }
    fc.assert(
      fc.property(address, (ip) => {
        expect(isPrivateAddress(ip)).toBe(PRIVATE.includes(ipaddr.process(ip).range()));
      }),
    );
  });
});

it.for([
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '1.2.3',
  '1.2.3.4.',
  '1:2',
  ':::',
  '[1.2.3.4',
  '::1]',
  '1::2::3',
  '::%',
  'g::',
])('%s is no address', (ip) => {
  expect(isUnreadableAddress(ip)).toBe(true);
  expect(isPrivateAddress(ip)).toBe(false);
});
