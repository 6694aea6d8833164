import type { ParsedRequest } from '@coatcheck/core/adapter';
import type { Mutant } from './mutant.ts';
import { type Arrival, forwardedFor, type Steps, steps } from './steps.ts';

/** Shows the core other facts than there are. */
function shows(change: (facts: ParsedRequest, arrival: Arrival) => Partial<ParsedRequest>): Partial<Steps> {
  return {
    facts: (arrival) => {
      const facts = steps.facts(arrival);
      return { ...facts, ...change(facts, arrival) };
    },
  };
}

/** Shows another Cookie header than there is. */
function showsCookies(change: (cookies: string, arrival: Arrival) => string): Partial<Steps> {
  return shows(({ headers }, arrival) => ({
    headers: { ...headers, cookie: change(String(headers['cookie'] ?? ''), arrival) },
  }));
}

/** Lists adapters that show the core something else than the request. */
export const viewMutants: readonly Mutant[] = [
  {
    fault: 'believes X-Forwarded-For from anybody',
    steps: shows(({ ip }, { req }) => ({ ip: forwardedFor(req).at(-1) ?? ip })),
    fails: ['takes no address from a proxy that is not trusted'],
  },
  {
    fault: 'believes X-Forwarded-For from nobody',
    steps: shows((_facts, { req }) => ({ ip: req.socket.remoteAddress })),
    fails: ["takes the client's address from the proxy that is trusted"],
  },
  {
    fault: 'takes the address that stands first in X-Forwarded-For',
    steps: shows(({ ip }, { app, req }) => ({ ip: app.trustProxy ? forwardedFor(req)[0] : ip })),
    fails: ["takes the client's address from the proxy that is trusted"],
  },
  {
    fault: 'believes X-Forwarded-Host from anybody',
    steps: shows(({ host, headers }) => ({ host: String(headers['x-forwarded-host'] ?? host) })),
    fails: ['takes no host from a proxy that is not trusted'],
  },
  {
    fault: 'believes X-Forwarded-Host from nobody',
    steps: shows(({ headers }) => ({ host: String(headers['host']) })),
    fails: ["takes the host from the proxy that is trusted: its own pages' writes are let through"],
  },
  {
    fault: 'leaves the port out of the host',
    steps: shows(({ host }) => ({ host: host?.split(':')[0] })),
    fails: ['tells by Origin and host, with its port, where the browser does not say Sec-Fetch-Site'],
  },
  {
    fault: 'calls every request a GET',
    steps: shows(() => ({ method: 'GET' })),
    fails: [
      'refuses a write from another site with 403, and leaves the cookie alone',
      'refuses a sign-in from another site, and sets no cookie',
      'tells by Origin and host, with its port, where the browser does not say Sec-Fetch-Site',
      'takes no host from a proxy that is not trusted',
    ],
  },
  {
    fault: 'calls every request a POST',
    steps: shows(() => ({ method: 'POST' })),
    fails: ['lets a visitor follow a link from another site', 'takes a HEAD from another site for a look'],
  },
  {
    fault: 'shows no Sec-Fetch-Site',
    steps: shows(({ headers: { 'sec-fetch-site': _, ...headers } }) => ({ headers })),
    fails: [
      'refuses a write from another site with 403, and leaves the cookie alone',
      'refuses a sign-in from another site, and sets no cookie',
    ],
  },
  {
    fault: 'shows no Authorization',
    steps: shows(({ headers: { authorization: _, ...headers } }) => ({ headers })),
    fails: ['opens a session by a bearer token, and sets no cookie'],
  },
  {
    fault: "looks for a header's name as it was written",
    steps: shows((_facts, { req }) => ({ headers: asWritten(req.rawHeaders) })),
    fails: ['opens a session by a header of its own'],
  },
  {
    fault: 'shows no query',
    steps: shows(() => ({ query: undefined })),
    fails: ['opens a session by a query parameter, the first of its name'],
  },
  {
    fault: 'shows the last query parameter of a name',
    steps: shows((_facts, { req }) => ({
      query: Object.fromEntries(new URLSearchParams((req.url ?? '').split('?')[1])),
    })),
    fails: ['opens a session by a query parameter, the first of its name'],
  },
  {
    fault: 'throws where a query cannot be decoded',
    steps: shows((_facts, { req }) => {
      decodeURIComponent(req.url ?? '');
      return {};
    }),
    fails: [
      'opens a session by a query parameter, the first of its name',
      'serves nonsense in the place of a token as a visitor without a session',
      'takes a target that cannot be parsed for one without a token, and goes on serving',
    ],
  },
  {
    fault: 'throws where a URL cannot be made of the target',
    steps: shows((_facts, { req }) => {
      new URL(req.url ?? '', 'http://localhost');
      return {};
    }),
    fails: ['takes a target that cannot be parsed for one without a token, and goes on serving'],
  },
  {
    fault: 'shows no Upgrade',
    steps: shows(({ headers: { upgrade: _, ...headers } }) => ({ headers })),
    fails: ["takes another site's upgrade to a WebSocket for a write, and gives it no session"],
  },
  {
    fault: 'calls a HEAD a POST',
    steps: shows(({ method }) => ({ method: method === 'HEAD' ? 'POST' : method })),
    fails: ['takes a HEAD from another site for a look'],
  },
  {
    fault: 'shows no form',
    steps: shows(() => ({ body: undefined })),
    fails: ['opens a session by a field of a form'],
  },
  {
    fault: 'keeps the first cookie of a name',
    steps: showsCookies((cookies) => {
      const parsed = new Map<string, string>();
      for (const [name = '', value = ''] of cookies.split('; ').map((pair) => pair.split('='))) {
        if (!parsed.has(name)) parsed.set(name, value);
      }
      return [...parsed].map((pair) => pair.join('=')).join('; ');
    }),
    fails: ['finds the token beside junk of the same name'],
  },
  {
    fault: 'answers a cookie that it does not like with an error',
    steps: showsCookies((cookies) => {
      if (/[^\x20-\x7e]/.test(cookies)) throw new Error('A cookie of other than ASCII');
      return cookies;
    }),
    fails: ['serves malformed, forged and oversized cookies as a visitor without a session'],
  },
];

function asWritten(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 2) headers[lines[index] ?? ''] = lines[index + 1] ?? '';
  return headers;
}
