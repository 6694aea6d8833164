import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anyString } from '../../../test/support/arbitrary-state.ts';
import { setCookies } from '../../../test/support/browser.ts';
import { request } from '../../../test/support/request.ts';
import { thrown } from '../../../test/support/set-up.ts';
import { type CookieOptions, cookie } from './cookie.ts';

const DAY = 24 * 60 * 60 * 1000;

afterEach(() => {
  vi.unstubAllEnvs();
});

function read(line: string | undefined, options?: CookieOptions): readonly string[] {
  return cookie(options).read(request({ headers: line === undefined ? {} : { cookie: line } }));
}

function issued(options?: CookieOptions, lifetime?: number): string {
  const headers = cookie(options).issue('TOKEN', lifetime);
  expect(headers).toHaveLength(1);
  expect(headers[0]?.[2]).toBe('append');
  return setCookies(headers)[0] ?? '';
}

describe('the cookie that is set', () => {
  it('is by default __Host-session, Secure, HttpOnly, SameSite=Lax, Path=/ and of no domain (ASVS 3.3.1 to 3.3.4)', () => {
    expect(issued()).toBe('__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax');
  });

  it.for<[CookieOptions, string]>([
    [{ name: 'id' }, '__Host-id=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [
      { domain: 'shop.example' },
      '__Secure-session=TOKEN; Domain=shop.example; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
    [{ path: '/shop' }, '__Secure-session=TOKEN; Path=/shop; HttpOnly; Secure; SameSite=Lax'],
    [{ sameSite: 'strict' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Strict'],
    [{ sameSite: 'none' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=None'],
    [{ partitioned: true }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; Partitioned; SameSite=Lax'],
    [{ sameSite: 'lax' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [{ name: '__session', withoutPrefix: true }, '__session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [{ withoutPrefix: false }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [{ priority: 'low' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; Priority=Low; SameSite=Lax'],
    [{ priority: 'medium' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; Priority=Medium; SameSite=Lax'],
    [{ priority: 'high' }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; Priority=High; SameSite=Lax'],
    [{ development: true }, 'session=TOKEN; Path=/; HttpOnly; SameSite=Lax'],
    [{ development: false }, '__Host-session=TOKEN; Path=/; HttpOnly; Secure; SameSite=Lax'],
  ])('with %j is %s', ([options, line]) => {
    expect(attributes(issued(options))).toEqual(attributes(line));
  });

  it('lives until the browser is closed, unless it has a lifetime', () => {
    expect(issued()).not.toContain('Max-Age');
    expect(issued()).not.toContain('Expires');
    expect(issued({}, 90_500)).toContain('; Max-Age=90;');
    expect(issued({ maxAge: '2d' })).toContain('; Max-Age=172800;');
  });

  it('lives as long as its session, if that is known', () => {
    expect(issued({ maxAge: '2d' }, 5000)).toContain('; Max-Age=5;');
  });

  it('lives at most 400 days', () => {
    expect(issued({ maxAge: '500d' })).toContain(`; Max-Age=${(400 * DAY) / 1000};`);
    expect(issued({}, 500 * DAY)).toContain(`; Max-Age=${(400 * DAY) / 1000};`);
  });

  it('is cleared with the attributes that set it, without which the browser keeps it', () => {
    for (const options of [
      {},
      { domain: 'shop.example' },
      { path: '/shop', partitioned: true },
      { development: true },
    ]) {
      const [line = ''] = setCookies(cookie(options).clear());
      expect(attributes(line)).toEqual(
        attributes(issued(options).replace('TOKEN', '')).concat('Max-Age=0').toSorted(),
      );
    }
  });

  it('is no longer than browsers keep, signed or not (ASVS 3.3.5)', () => {
    const [line = ''] = setCookies(cookie({ domain: 'shop.example' }).issue('x'.repeat(88), 400 * DAY));
    expect(line.length).toBeLessThan(4096);
  });

  it('varies the response by Cookie', () => {
    expect(cookie()).toMatchObject({ sentAutomatically: true, inPageOrUrl: false, vary: 'Cookie' });
  });
});

describe('the cookies of a request', () => {
  it.for<[line: string | undefined, values: readonly string[]]>([
    [undefined, []],
    ['', []],
    ['__Host-session=a', ['a']],
    ['theme=dark; __Host-session=a; lang=en', ['a']],
    ['__Host-session=a;__Host-other=b', ['a']],
    [' __Host-session = a ; x=y', ['a']],
    ['\t__Host-session\t=\ta\t', ['a']],
    ['__Host-session=', ['']],
    ['__Host-session=a=b==', ['a=b==']],
    // Not decoded, not unquoted.
    ['__Host-session=%61', ['%61']],
    ['__Host-session="a"', ['"a"']],
    ['%5F%5FHost-session=a', []],
    // The exact name.
    ['__host-session=a', []],
    ['__HOST-SESSION=a', []],
    ['session=a', []],
    ['__Host-sessions=a', []],
    ['x__Host-session=a', []],
    ['x=__Host-session=a', []],
    ['__Host-session', []],
    ['=__Host-session=a', []],
    ['$Version=1; __Host-session=a; $Path=/', ['a']],
    // To a browser these have no prefix, so anybody below the domain can set them.
    ['\u00a0__Host-session=a', []],
    ['__Host-session\u00a0=a', []],
    ['\u2000__Host-session=a', []],
    ['\ufeff__Host-session=a', []],
    ['\u000b__Host-session=a', []],
    ['__Host-session=\u00a0a', ['\u00a0a']],
    // Several of the name.
    ['__Host-session=a; __Host-session=b', ['a', 'b']],
    ['__Host-session=a; __Host-session=a; __Host-session=b', ['a', 'b']],
    [
      '__Host-session=a; __Host-session=b; __Host-session=c; __Host-session=d; __Host-session=e',
      ['a', 'b', 'c', 'd'],
    ],
    [';;;__Host-session=a;;', ['a']],
  ])('%j gives %j', ([line, values]) => {
    expect(read(line)).toEqual(values);
  });

  it('are found by the full name that they are set with', () => {
    expect(read('__Secure-id=a; __Host-id=b; id=c', { name: 'id', domain: 'shop.example' })).toEqual(['a']);
    expect(read('__Secure-id=a; __Host-id=b; id=c', { name: 'id', path: '/shop' })).toEqual(['a']);
    expect(read('__Secure-id=a; __Host-id=b; id=c', { name: 'id' })).toEqual(['b']);
    expect(read('__Secure-id=a; __Host-id=b; id=c', { name: 'id', development: true })).toEqual(['c']);
  });

  it('yield at most four values and never throw, whatever a client sends', () => {
    const part = fc.constantFrom(
      '__Host-session',
      '__Host-session=',
      '=',
      ';',
      '; ',
      'a',
      '\t',
      '"',
      '\u00a0',
    );
    const line = fc.oneof(
      anyString(),
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(line, (text) => {
        const values = read(text);
        expect(values.length).toBeLessThanOrEqual(4);
        expect(values).toEqual([...new Set(values)]);
        expect(values.filter((value) => /;|^[ \t]|[ \t]$/.test(value))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('read back what was set', () => {
    for (const options of [{}, { name: 'a.b-c_d' }, { domain: 'shop.example' }, { development: true }]) {
      const [pair] = issued(options).split(';');
      expect(read(`first=1; ${pair}; last=2`, options)).toEqual(['TOKEN']);
    }
  });
});

describe('a mistake in the options', () => {
  const RIGHT: Readonly<Record<string, string>> = {
    'cookie name': "letters, digits, '_', '-' and '.', without a prefix such as __Host-",
    'cookie domain': "a host name such as 'example.com'",
    'cookie path': "a path such as '/' or '/shop'",
    'cookie sameSite': "'strict', 'lax' or 'none'",
    'cookie priority': "'low', 'medium' or 'high'",
    'cookie partitioned': 'true or false',
    'cookie development': 'true or false',
    'cookie withoutPrefix': 'true or false',
    'cookie maxAge': 'a duration above zero',
  };
  const KNOWN =
    'one of name, withoutPrefix, domain, path, sameSite, partitioned, priority, maxAge, development, insecure (Secure and HttpOnly';

  it.for<[option: string, options: Record<string, unknown>, given: string]>([
    ['cookie name', { name: '__Host-session' }, "'__Host-session'"],
    ['cookie name', { name: '' }, "''"],
    ['cookie name', { name: 'a b' }, "'a b'"],
    ['cookie name', { name: 'a=b' }, "'a=b'"],
    ['cookie name', { name: 'a;b' }, "'a;b'"],
    ['cookie name', { name: 'a\n' }, "'a\n'"],
    ['cookie name', { name: '-a' }, "'-a'"],
    ['cookie domain', { domain: 'https://shop.example' }, "'https://shop.example'"],
    ['cookie domain', { domain: '.shop.example' }, "'.shop.example'"],
    ['cookie domain', { domain: 'shop.example.' }, "'shop.example.'"],
    ['cookie domain', { domain: 'shop.example; Path=/' }, "'shop.example; Path=/'"],
    ['cookie domain', { domain: '' }, "''"],
    ['cookie domain', { domain: 'a..b' }, "'a..b'"],
    ['cookie domain', { domain: 'localhost' }, "'localhost'"],
    ['cookie domain', { domain: 'com' }, "'com'"],
    ['cookie domain', { domain: '-a.example' }, "'-a.example'"],
    ['cookie domain', { domain: `${'a'.repeat(64)}.example` }, "'aaa"],
    ['cookie domain', { domain: '::1' }, "'::1'"],
    ['cookie domain', { domain: 5 }, '5'],
    ['cookie name', { name: '__session' }, "'__session'"],
    ['cookie name', { name: '__Host-session', withoutPrefix: true }, "'__Host-session'"],
    ['cookie name', { name: '__secure-session', withoutPrefix: true }, "'__secure-session'"],
    ['cookie withoutPrefix', { withoutPrefix: 'yes' }, "'yes'"],
    ['cookie path', { path: 'shop' }, "'shop'"],
    ['cookie path', { path: 'a/b' }, "'a/b'"],
    ['cookie path', { path: '/a;b' }, "'/a;b'"],
    ['cookie path', { path: '' }, "''"],
    ['cookie sameSite', { sameSite: 'Lax' }, "'Lax'"],
    ['cookie sameSite', { sameSite: false }, 'false'],
    ['cookie priority', { priority: 'highest' }, "'highest'"],
    ['cookie partitioned', { partitioned: 'yes' }, "'yes'"],
    ['cookie development', { development: 1 }, '1'],
    ['cookie maxAge', { maxAge: 'long' }, "'long'"],
    ['cookie maxAge', { maxAge: 0 }, '0'],
    ['cookie({ secure })', { secure: false }, "'secure'"],
    ['cookie({ httpOnly })', { httpOnly: false }, "'httpOnly'"],
    ['cookie({ expires })', { expires: new Date(0) }, "'expires'"],
  ])('%s: %j', ([option, options, given]) => {
    const wrong = options as CookieOptions;
    const { message } = thrown(() => cookie(wrong), 'ERR_CONFIG');
    expect(message.startsWith(`${option} must be ${RIGHT[option] ?? KNOWN}`)).toBe(true);
    expect(message).toContain(`; received ${given}`);
  });
});

describe('a cookie that no browser keeps', () => {
  it.for(['192.0.2.1', '127.0.0.1', '1.2'])('is refused for the IP address %s', (domain) => {
    expect(thrown(() => cookie({ domain }), 'ERR_CONFIG').message).toContain(
      'browsers accept no Domain for an IP address',
    );
  });

  it.for(['co.uk', 'com.au', 'CO.JP', 'github.io', 'vercel.app', 'herokuapp.com'])(
    'is refused for the public suffix %s',
    (domain) => {
      expect(thrown(() => cookie({ domain }), 'ERR_CONFIG').message).toContain('a public suffix');
      expect(() => cookie({ domain: `shop.${domain}` })).not.toThrow();
    },
  );

  it('is refused without Secure for other sites or partitions', () => {
    const wrong = [
      { sameSite: 'none', development: true },
      { partitioned: true, development: true },
    ] as const;
    for (const options of wrong) {
      expect(thrown(() => cookie(options), 'ERR_CONFIG').message).toContain(
        'browsers reject it without Secure',
      );
    }
  });

  it('is refused if it lives less than a second', () => {
    expect(thrown(() => cookie({ maxAge: 999 }), 'ERR_CONFIG').message).toMatch(
      /^cookie maxAge must be at least a second, .*; received 999\.$/,
    );
    expect(() => cookie({ maxAge: 1000 })).not.toThrow();
  });
});

describe('a development cookie', () => {
  it('is refused in production', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const { message } = thrown(() => cookie({ development: true }), 'ERR_CONFIG');
    expect(message).toMatch(
      /^cookie development must be left out if NODE_ENV is production.*; received true\.$/,
    );
    expect(() => cookie({ development: false })).not.toThrow();
    expect(() => cookie()).not.toThrow();
  });

  it('is accepted outside production, even without a process object', () => {
    vi.stubEnv('NODE_ENV', 'development');
    expect(() => cookie({ development: true })).not.toThrow();
    vi.stubGlobal('process', undefined);
    try {
      expect(() => cookie({ development: true })).not.toThrow();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

/** Parts a line into name and value, and its attributes in a fixed order. */
function attributes(line: string): readonly string[] {
  return line.split('; ').toSorted();
}
