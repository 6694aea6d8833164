import { describe, expect, it } from 'vitest';
import { FIREFOX, SAFARI } from '../../../test/support/browser.ts';
import { request } from '../../../test/support/request.ts';
import { thrown } from '../../../test/support/set-up.ts';
import { type IpAddressOptions, ipAddress, userAgent } from './index.ts';

describe('ipAddress', () => {
  const observe = (ip: string | undefined, options?: IpAddressOptions) =>
    ipAddress(options).observe(request({ ip }));

  it('compares the /24 or the /56 by default', () => {
    expect(observe('203.0.113.77')).toBe('203.0.113.0/24');
    expect(observe('2001:db8:1:2345::1')).toBe('2001:db8:1:2300::/56');
  });

  it('compares as many bits as it is told to', () => {
    expect(observe('203.0.113.77', { v4: 16 })).toBe('203.0.0.0/16');
    expect(observe('2001:db8:1:2345::1', { v6: 64 })).toBe('2001:db8:1:2345::/64');
  });

  it('treats an IPv4 address mapped into IPv6 as IPv4', () => {
    expect(observe('::ffff:203.0.113.77')).toBe(observe('203.0.113.5'));
  });

  it('observes nothing without an address', () => {
    expect(observe(undefined)).toBeUndefined();
    expect(observe('')).toBeUndefined();
  });

  it('takes an address that cannot be parsed for a change, not for an equal one', () => {
    expect(observe('unknown')).toBe('unreadable');
    expect(observe('203.0.113.7, 198.51.100.9')).toBe('unreadable');
  });

  it.for([
    ['203.0.113.77:51234', '203.0.113.0/24'],
    ['[2001:db8:1:2345::1]:443', '2001:db8:1:2300::/56'],
    ['[2001:db8:1:2345::1]', '2001:db8:1:2300::/56'],
    ['fe80::1%eth0', 'fe80::/56'],
    ['[fe80::1%eth0]:8080', 'fe80::/56'],
    ['[::ffff:203.0.113.77]:80', '203.0.113.0/24'],
  ])('parses %s, as X-Forwarded-For may have it', ([ip, network]) => {
    expect(observe(ip)).toBe(network);
  });

  it('is named ip-address', () => {
    expect(ipAddress().name).toBe('ip-address');
  });

  it.for([{ v4: 8 }, { v4: 32 }, { v6: 16 }, { v6: 128 }])('accepts %j', (options) => {
    expect(() => ipAddress(options)).not.toThrow();
  });

  it.for<[option: string, options: object, given: string, right: string]>([
    ['ipAddress({ v4 })', { v4: 7 }, '7', 'from 8 to 32'],
    ['ipAddress({ v4 })', { v4: 33 }, '33', 'from 8 to 32'],
    ['ipAddress({ v4 })', { v4: 24.5 }, '24.5', 'from 8 to 32'],
    ['ipAddress({ v4 })', { v4: '24' }, "'24'", 'from 8 to 32'],
    ['ipAddress({ v6 })', { v6: 15 }, '15', 'from 16 to 128'],
    ['ipAddress({ v6 })', { v6: 129 }, '129', 'from 16 to 128'],
    ['ipAddress({ v6 })', { v6: null }, 'null', 'from 16 to 128'],
  ])('refuses %s of %j', ([option, options, given, right]) => {
    const { message } = thrown(() => ipAddress(options), 'ERR_CONFIG');
    expect(message).toBe(`${option} must be a whole number of bits ${right}; received ${given}.`);
  });
});

describe('userAgent', () => {
  const observe = (agent?: string) =>
    userAgent().observe(request({ headers: agent === undefined ? {} : { 'user-agent': agent } }));

  it('compares family and platform', () => {
    expect(observe(FIREFOX)).toBe('Firefox/Linux');
    expect(observe(SAFARI)).toBe('Safari/macOS');
  });

  it('does not compare versions, since updates come at any time', () => {
    expect(observe(FIREFOX.replaceAll('145.0', '200.1'))).toBe(observe(FIREFOX));
  });

  it('observes a missing user agent as one that differs', () => {
    expect(observe()).toBe('/');
    expect(observe('')).toBe('/');
  });

  it('is named user-agent', () => {
    expect(userAgent().name).toBe('user-agent');
  });
});
