import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString } from '../../test/support/arbitrary-state.ts';
import { FIREFOX, SAFARI } from '../../test/support/browser.ts';
import { request } from '../../test/support/request.ts';
import { lookAt, looksDifferent } from './client.ts';
import { browserFamily, platformOf } from './client-look.ts';
import { networkOf } from './ip-network.ts';

describe('networkOf', () => {
  it.for([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['::ffff:cb00:714d', '203.0.113.0/24'],
    ['2001:db8:1:2345:6:7:8:9', '2001:db8:1:2300::/56'],
    ['2001:DB8:1:2345::1', '2001:db8:1:2300::/56'],
    ['::1', '::/56'],
    ['fe80::1%eth0', 'fe80::/56'],
    ['203.0.113.77:4000', '203.0.113.0/24'],
    ['[::1]', '::/56'],
  ])('%s is of %s', ([ip, network]) => {
    expect(networkOf(ip, 24, 56)).toBe(network);
  });

  it.for([undefined, '', 'unknown', 'localhost', '999.1.1.1', '203.0.113.77:port', '[::1'])(
    '%s is no address, and of no network',
    (ip) => {
      expect(networkOf(ip, 24, 56)).toBeUndefined();
    },
  );

  it('compares as many bits as it is told to', () => {
    expect(networkOf('203.0.113.77', 8, 56)).toBe('203.0.0.0/8');
    expect(networkOf('203.0.113.77', 32, 56)).toBe('203.0.113.77/32');
    expect(networkOf('2001:db8:1:2345::1', 24, 48)).toBe('2001:db8:1::/48');
    expect(networkOf('2001:db8:1:2345::1', 24, 128)).toBe('2001:db8:1:2345::1/128');
  });

  it('puts two addresses into one network exactly if they share its prefix', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.nat({ max: 31 }), (bytes, bit) => {
        const at = bit >> 3;
        const other = bytes.map((each, i) => (i === at ? each ^ (128 >> (bit & 7)) : each));
        for (const length of [8, 16, 20, 24, 31, 32]) {
          const same = networkOf(bytes.join('.'), length, 56) === networkOf(other.join('.'), length, 56);
          expect(same).toBe(bit >= length);
        }
      }),
    );
  });

  it('never throws, whatever a proxy forwards', () => {
    const nearly = fc
      .array(fc.constantFrom(...'0123456789abcdef:.%/[]x '), { maxLength: 45 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(anyString(), nearly), (ip) => {
        networkOf(ip, 24, 56);
      }),
      { numRuns: 500 },
    );
  });
});

const AGENTS: readonly (readonly [agent: string, browser: string, platform: string])[] = [
  [FIREFOX, 'Firefox', 'Linux'],
  [SAFARI, 'Safari', 'macOS'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36',
    'Chrome',
    'Linux',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Chrome',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.6778.81 Mobile Safari/537.36 EdgA/131.0.2903.48',
    'Edge',
    'Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/131.0 Mobile/15E148 Safari/605.1.15',
    'Edge',
    'iOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 OPR/115.0.0.0',
    'Opera',
    'Windows',
  ],
  ['Opera/9.80 (X11; Linux i686; Ubuntu/14.10) Presto/2.12.388 Version/12.16', 'Opera', 'Linux'],
  [
    'Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36',
    'Samsung Internet',
    'Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15',
    'Firefox',
    'iOS',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1',
    'Chrome',
    'iOS',
  ],
  [
    'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'Chrome',
    'ChromeOS',
  ],
  ['curl/8.11.0', 'curl', ''],
  ['ShopApp/4.2 (iPhone; iOS 18.1)', 'ShopApp', 'iOS'],
  ['Mozilla/5.0', '', ''],
  ['', '', ''],
  ['(no product)', '', ''],
];

describe('the user agent', () => {
  it.for(AGENTS)('%s', ([agent, browser, platform]) => {
    expect([browserFamily(agent), platformOf(agent)]).toEqual([browser, platform]);
  });

  it('ignores the version', () => {
    expect(browserFamily(FIREFOX.replaceAll('145', '200'))).toBe('Firefox');
  });

  it('a family is a short string, whatever a client sends', () => {
    fc.assert(
      fc.property(anyString(0, 200), (agent) => {
        expect(browserFamily(agent).length).toBeLessThanOrEqual(32);
      }),
    );
    expect(browserFamily('x'.repeat(10_000))).toHaveLength(32);
  });
});

describe('what is stored of a client', () => {
  it('is the network and the browser family, never the full address or version', () => {
    const look = lookAt(request({ ip: '203.0.113.77', headers: { 'user-agent': FIREFOX } }));
    expect(look).toEqual({ network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' });
  });

  it('is empty for what is unknown', () => {
    expect(lookAt(request({ ip: undefined }))).toEqual({ network: '', browser: '', platform: '' });
  });

  const home = { network: '203.0.113.0/24', browser: 'Firefox', platform: 'Linux' };

  it.for([
    [false, 'the same', {}],
    [true, 'another network', { network: '198.51.100.0/24' }],
    [true, 'another browser', { browser: 'Safari' }],
    [false, 'another platform alone, which a browser may make up', { platform: 'Windows' }],
    [false, 'an unknown network', { network: '' }],
    [false, 'an unknown browser', { browser: '' }],
    [true, 'another network and an unknown browser', { network: '198.51.100.0/24', browser: '' }],
  ] as const)('looks different: %s for %s', ([different, , changed]) => {
    const other = { ...home, ...changed };
    expect(looksDifferent(home, other)).toBe(different);
    expect(looksDifferent(other, home)).toBe(different);
  });
});
