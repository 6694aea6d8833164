import { describe, expect, it } from 'vitest';
import { request } from '../../test/support/request.ts';
import { describeCrossSite, isCrossSite, isFromElsewhere } from './cross-site.ts';

const TRUSTED = new Set(['https://pay.example']);
const HOST = 'shop.example:8443';

type Headers = Readonly<Record<string, string>>;

function refuses(method: string, headers: Headers, host: string | undefined = HOST): boolean {
  return isCrossSite(request({ method, host, headers }), TRUSTED);
}

describe('a write', () => {
  it.for<[verdict: 'is accepted' | 'is rejected', why: string, headers: Headers]>([
    // Sec-Fetch-Site decides where there is one.
    ['is accepted', 'from the same origin', { 'sec-fetch-site': 'same-origin' }],
    ['is accepted', 'from the user agent itself', { 'sec-fetch-site': 'none' }],
    ['is rejected', 'from another site', { 'sec-fetch-site': 'cross-site' }],
    ['is rejected', 'from another origin of the site', { 'sec-fetch-site': 'same-site' }],
    ['is rejected', 'with a word that nobody knows', { 'sec-fetch-site': 'elsewhere' }],
    ['is rejected', 'with the right word in upper case', { 'sec-fetch-site': 'SAME-ORIGIN' }],
    // It decides against Origin, since a proxy may have changed the host.
    [
      'is accepted',
      'from the same origin, behind a proxy',
      { 'sec-fetch-site': 'same-origin', origin: 'https://a.example' },
    ],
    [
      'is accepted',
      'typed in, whatever Origin says',
      { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
    ],
    [
      'is rejected',
      'from another site, with Origin forged',
      { 'sec-fetch-site': 'cross-site', origin: `https://${HOST}` },
    ],
    ['is rejected', 'from another site, Origin empty', { 'sec-fetch-site': 'cross-site', origin: '' }],
    [
      'is accepted',
      'from a trusted origin',
      { 'sec-fetch-site': 'cross-site', origin: 'https://pay.example' },
    ],
    [
      'is accepted',
      'from a trusted origin of the site',
      { 'sec-fetch-site': 'same-site', origin: 'https://pay.example' },
    ],
    [
      'is rejected',
      'from a trusted host by http',
      { 'sec-fetch-site': 'cross-site', origin: 'http://pay.example' },
    ],
    [
      'is rejected',
      'from a trusted host on another port',
      { 'sec-fetch-site': 'cross-site', origin: 'https://pay.example:444' },
    ],
    [
      'is rejected',
      'from below a trusted host',
      { 'sec-fetch-site': 'cross-site', origin: 'https://a.pay.example' },
    ],
    [
      'is rejected',
      'from a trusted origin with a path',
      { 'sec-fetch-site': 'cross-site', origin: 'https://pay.example/' },
    ],
    // Without it, Origin against the host does.
    ['is accepted', 'by a client that is no browser', {}],
    ['is accepted', 'with both headers empty', { 'sec-fetch-site': '', origin: '' }],
    ['is accepted', 'from the same host', { origin: `https://${HOST}` }],
    ['is accepted', 'from the same host by http: a proxy may have ended TLS', { origin: `http://${HOST}` }],
    ['is accepted', 'from the same host in upper case', { origin: `https://${HOST.toUpperCase()}` }],
    [
      'is accepted',
      'from the same host, Sec-Fetch-Site empty',
      { 'sec-fetch-site': '', origin: `https://${HOST}` },
    ],
    ['is accepted', 'from a trusted origin, by an old browser', { origin: 'https://pay.example' }],
    ['is rejected', 'from another host', { origin: 'https://evil.example' }],
    ['is rejected', 'from another port', { origin: 'https://shop.example:8444' }],
    ['is rejected', 'from the host without its port', { origin: 'https://shop.example' }],
    ['is rejected', 'from below the host', { origin: `https://a.${HOST}` }],
    ['is rejected', 'from a host that ends in ours', { origin: `https://evil-${HOST}` }],
    ['is rejected', 'from a sandboxed frame', { origin: 'null' }],
    ['is rejected', 'with an Origin that is none', { origin: HOST }],
    [
      'is rejected',
      'with Sec-Fetch-Site empty and another host',
      { 'sec-fetch-site': '', origin: 'https://evil.example' },
    ],
  ])('%s %s', ([verdict, , headers]) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post', 'QUERY', 'TRACE', 'CONNECT']) {
      expect([method, refuses(method, headers)]).toEqual([method, verdict === 'is rejected']);
    }
  });

  it('to a host in upper case is accepted from the same origin', () => {
    expect(refuses('POST', { origin: 'https://shop.example:8443' }, 'SHOP.example:8443')).toBe(false);
  });

  it('without a host is rejected if it has an Origin', () => {
    const nowhere = (headers: Headers) =>
      isCrossSite(request({ method: 'POST', host: undefined, headers }), TRUSTED);
    expect(nowhere({ origin: `https://${HOST}` })).toBe(true);
    expect(nowhere({ origin: 'null' })).toBe(true);
    expect(nowhere({ origin: 'not an origin' })).toBe(true);
    expect(nowhere({})).toBe(false);
  });
});

describe('ports and schemes', () => {
  const from = (origin: string, host: string, isSecure?: boolean) =>
    isCrossSite({ ...request({ method: 'POST', host, headers: { origin } }), isSecure }, TRUSTED);

  it('takes the default port of a scheme for the same host', () => {
    expect(from('https://shop.example', 'shop.example:443')).toBe(false);
    expect(from('http://shop.example', 'shop.example:80')).toBe(false);
    expect(from('https://shop.example', 'shop.example:80')).toBe(true);
    expect(from('http://shop.example', 'shop.example:443')).toBe(true);
    expect(from('https://shop.example', 'shop.example:8443')).toBe(true);
  });

  it('refuses a null Origin, as no-referrer sends it, only where Sec-Fetch-Site is missing', () => {
    const judge = (headers: Headers) =>
      isCrossSite(request({ method: 'POST', host: HOST, headers }), TRUSTED);
    expect(judge({ origin: 'null' })).toBe(true);
    expect(judge({ origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(false);
    expect(judge({ origin: 'null', 'sec-fetch-site': 'cross-site' })).toBe(true);
  });

  it('accepts a trusted origin of an app or an extension', () => {
    const origins = ['capacitor://localhost', 'chrome-extension://abcdefgh'];
    for (const origin of origins) {
      const headers = { origin, 'sec-fetch-site': 'cross-site' };
      const view = request({ method: 'POST', host: HOST, headers });
      expect(isCrossSite(view, new Set(origins))).toBe(false);
      expect(isCrossSite(view, TRUSTED)).toBe(true);
    }
  });

  it('refuses an http Origin against an https host, also a trusted one', () => {
    expect(from('http://shop.example', 'shop.example', true)).toBe(true);
    expect(from('http://shop.example', 'shop.example', false)).toBe(false);
    expect(from('http://shop.example', 'shop.example')).toBe(false);
    const view = {
      ...request({ method: 'POST', headers: { origin: 'http://pay.example' } }),
      isSecure: true,
    };
    expect(isCrossSite(view, new Set(['http://pay.example']))).toBe(true);
  });
});

describe('the message of a refusal', () => {
  const describeOf = (headers: Headers, isSecure?: boolean) =>
    describeCrossSite({ ...request({ method: 'POST', host: HOST, headers }), isSecure }, TRUSTED);

  it.for<[Headers, boolean, readonly string[]]>([
    [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      true,
      ["Origin 'https://evil.example'", `host '${HOST}'`, "Sec-Fetch-Site 'cross-site'", 'form_post recipe'],
    ],
    [
      { origin: 'https://shop.example' },
      true,
      ["Origin 'https://shop.example'", 'Sec-Fetch-Site is missing', 'a proxy changes the host'],
    ],
    [{ origin: 'null' }, false, ["Origin 'null'", 'Referrer-Policy: no-referrer (the default of helmet)']],
    [{ origin: `http://${HOST}` }, true, ['Origin has http and the request came by https']],
  ])('names what was seen and which comparison failed: %j', ([headers, isSecure, parts]) => {
    const message = describeOf(headers, isSecure);
    for (const part of [...parts, 'docs/cross-site.md', 'docs/behind-a-proxy.md'])
      expect(message).toContain(part);
  });

  it('shows no control characters and no end of a long header', () => {
    const message = describeOf({
      origin: `https://a\u001b[31m${'x'.repeat(500)}`,
      'sec-fetch-site': 'cross-site',
    });
    expect(message).not.toContain('\u001b');
    expect(message).not.toContain('x'.repeat(101));
  });
});

describe('a read', () => {
  const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

  it.for(['GET', 'HEAD', 'OPTIONS'])('%s is accepted from anywhere', (method) => {
    expect(refuses(method, elsewhere)).toBe(false);
  });

  it('that opens a WebSocket counts as a write, since it carries the visitor’s rights', () => {
    expect(refuses('GET', { ...elsewhere, upgrade: 'websocket' })).toBe(true);
    expect(refuses('GET', { origin: 'https://evil.example', upgrade: 'websocket' })).toBe(true);
    expect(refuses('GET', { origin: `https://${HOST}`, upgrade: 'websocket' })).toBe(false);
    expect(refuses('GET', { 'sec-fetch-site': 'same-origin', upgrade: 'websocket' })).toBe(false);
    expect(refuses('GET', { upgrade: 'websocket' })).toBe(false);
  });
});

describe('a token in a link or form', () => {
  it.for([
    [false, 'same-origin'],
    [false, 'none'],
    [false, ''],
    [false, undefined],
    [true, 'cross-site'],
    [true, 'same-site'],
    [true, 'elsewhere'],
  ] as const)('planted %s where Sec-Fetch-Site is %s', ([planted, site]) => {
    const headers: Headers = site === undefined ? {} : { 'sec-fetch-site': site };
    for (const method of ['GET', 'POST'])
      expect(isFromElsewhere(request({ method, headers }), TRUSTED)).toBe(planted);
  });

  it.for([
    [false, `https://${HOST}`],
    [false, 'https://pay.example'],
    [true, 'https://evil.example'],
    [true, 'null'],
  ] as const)(
    'counts as planted: %s, if the browser sends no Sec-Fetch-Site and Origin is %s',
    ([planted, origin]) => {
      for (const method of ['GET', 'POST'])
        expect(isFromElsewhere(request({ method, host: HOST, headers: { origin } }), TRUSTED)).toBe(planted);
    },
  );
});
