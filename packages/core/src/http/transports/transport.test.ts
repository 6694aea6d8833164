import { describe, expect, it } from 'vitest';
import { request } from '../../../test/support/request.ts';
import { setUp, thrown } from '../../../test/support/set-up.ts';
import { cookie } from './cookie.ts';
import { bearer, form, query } from './plain.ts';
import { checkTransport, readTokens, type Transport } from './transport.ts';

const custom: Transport = {
  sentAutomatically: false,
  inPageOrUrl: false,
  vary: undefined,
  read: () => [],
  issue: () => [],
  clear: () => [],
};

/** Reads a token from wherever a request may carry one. */
function readingEverything(capabilities: Pick<Transport, 'sentAutomatically' | 'inPageOrUrl'>): Transport {
  return {
    ...custom,
    ...capabilities,
    read: (view) =>
      [
        view.header('cookie'),
        view.header('Cookie'),
        view.header('authorization'),
        view.header('referer'),
        view.header('x-session'),
        view.host,
        view.ip,
        view.query('s'),
        view.form('s'),
      ].filter((value) => value !== undefined),
  };
}

const FULL = {
  headers: {
    cookie: 'in cookie',
    authorization: 'Basic dTpw',
    referer: 'in referer',
    'x-session': 'in header',
  },
  host: 'in.host',
  ip: '203.0.113.9',
  query: { s: 'in query' },
  form: { s: 'in form' },
};

describe('checkTransport', () => {
  it.for<[part: string, transport: object, shown: string]>([
    ['sentAutomatically', { ...custom, sentAutomatically: undefined }, 'undefined'],
    ['sentAutomatically', { ...custom, sentAutomatically: 'yes' }, "'yes'"],
    ['inPageOrUrl', { ...custom, inPageOrUrl: undefined }, 'undefined'],
    ['inPageOrUrl', { ...custom, inPageOrUrl: 0 }, '0'],
    ['read', { ...custom, read: 'header' }, "'header'"],
    ['issue', { ...custom, issue: undefined }, 'undefined'],
    ['clear', { ...custom, clear: null }, 'null'],
    ['vary', { ...custom, vary: 'a\r\nb: c' }, "'a"],
    ['vary', { ...custom, vary: null }, 'null'],
  ])('refuses a transport with a wrong %s at construction: %j', ([part, transport, shown]) => {
    const transports = [transport as Transport];
    const { message } = thrown(() => setUp({ transports }), 'ERR_CONFIG');
    expect(message.startsWith(`${part} of a transport must be `)).toBe(true);
    expect(message).toContain(shown);
  });

  it('accepts the transports of the package, and one whose methods are inherited', () => {
    class Inherited implements Transport {
      readonly sentAutomatically = true;
      readonly inPageOrUrl = false;
      readonly vary = 'X-Device';
      read = custom.read;
      issue = custom.issue;
      clear() {
        return [];
      }
    }
    for (const each of [cookie(), bearer(), query('s'), form('s'), new Inherited()]) checkTransport(each);
  });
});

describe('readTokens', () => {
  it('shows a transport that says no to sentAutomatically nothing that a browser sends by itself', () => {
    const transport = readingEverything({ sentAutomatically: false, inPageOrUrl: true });
    expect(readTokens(transport, request(FULL))).toEqual(['in header', 'in query', 'in form']);
  });

  it('shows a transport that says no to inPageOrUrl no query parameter and no form field', () => {
    const transport = readingEverything({ sentAutomatically: true, inPageOrUrl: false });
    expect(readTokens(transport, request(FULL))).toEqual([
      'in cookie',
      'Basic dTpw',
      'in referer',
      'in header',
      'in.host',
      '203.0.113.9',
    ]);
  });

  it.for(['Bearer abc', 'bearer abc', 'abc', 'Token abc', 'Basically abc'])(
    'shows Authorization: %s, which only a script sends',
    (authorization) => {
      const transport: Transport = { ...custom, read: (view) => [view.header('authorization') ?? ''] };
      expect(readTokens(transport, request({ headers: { authorization } }))).toEqual([authorization]);
    },
  );

  it.for(['Basic abc', 'basic abc', 'DIGEST abc', 'Negotiate abc', 'NTLM abc', ' Basic abc', 'Negotiate'])(
    'hides Authorization: %s, which browsers repeat by themselves',
    (authorization) => {
      const transport: Transport = { ...custom, read: (view) => [view.header('authorization') ?? ''] };
      expect(readTokens(transport, request({ headers: { authorization } }))).toEqual(['']);
    },
  );
});
