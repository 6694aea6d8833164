import type { ParsedRequest } from '@coatcheck/core/adapter';
import { BINDS, KEEPS, LEAVES, PROVES } from './device-clauses.ts';
import type { Mutant } from './mutant.ts';
import { type Arrival, forwardedFor, type Steps, steps } from './steps.ts';

/** Shows the core different facts from those of the request. */
function shows(change: (facts: ParsedRequest, arrival: Arrival) => Partial<ParsedRequest>): Partial<Steps> {
  return {
    facts: (arrival) => {
      const facts = steps.facts(arrival);
      return { ...facts, ...change(facts, arrival) };
    },
  };
}

/** Shows the core a different Cookie header. */
function showsCookies(change: (cookies: string, arrival: Arrival) => string): Partial<Steps> {
  return shows(({ headers }, arrival) => ({
    headers: { ...headers, cookie: change(String(headers['cookie'] ?? ''), arrival) },
  }));
}

/** Lists adapters that show the core a different request. */
export const viewMutants: readonly Mutant[] = [
  {
    fault: 'trusts X-Forwarded-For from any client',
    steps: shows(({ ip }, { req }) => ({ ip: forwardedFor(req).at(-1) ?? ip })),
    fails: ['takes no address from an untrusted proxy'],
  },
  {
    fault: 'never trusts X-Forwarded-For',
    steps: shows((_facts, { req }) => ({ ip: req.socket.remoteAddress })),
    fails: ["takes the client's address from a trusted proxy"],
  },
  {
    fault: 'takes the first address in X-Forwarded-For',
    steps: shows(({ ip }, { app, req }) => ({ ip: app.trustProxy ? forwardedFor(req)[0] : ip })),
    fails: ["takes the client's address from a trusted proxy"],
  },
  {
    fault: 'trusts X-Forwarded-Host from any client',
    steps: shows(({ host, headers }) => ({ host: String(headers['x-forwarded-host'] ?? host) })),
    fails: ['takes no host from an untrusted proxy'],
  },
  {
    fault: 'never trusts X-Forwarded-Host',
    steps: shows(({ headers }) => ({ host: String(headers['host']) })),
    fails: ["takes the host from a trusted proxy, so that writes of the app's own pages are accepted"],
  },
  {
    fault: 'drops the port of the host',
    steps: shows(({ host }) => ({ host: host?.split(':')[0] })),
    fails: ['compares Origin with the host, including its port, if there is no Sec-Fetch-Site', PROVES],
  },
  {
    fault: 'reports every request as a GET',
    steps: shows(() => ({ method: 'GET' })),
    fails: [
      'rejects a write from another site before the handler runs',
      'serves a write from another site as a visitor without a session if serveCrossSite is true',
      'rejects a write from another site with 403, and leaves the cookie unchanged',
      'rejects a sign-in from another site, and sets no cookie',
      'compares Origin with the host, including its port, if there is no Sec-Fetch-Site',
      'takes no host from an untrusted proxy',
      BINDS,
      KEEPS,
      PROVES,
    ],
  },
  {
    fault: 'reports every request as a POST',
    steps: shows(() => ({ method: 'POST' })),
    fails: [
      LEAVES,
      PROVES,
      'lets a visitor follow a link from another site',
      'treats a HEAD from another site as a read',
      'warns of a session that is first read after the response has started, as its Vary is missing',
    ],
  },
  {
    fault: 'hides Sec-Fetch-Site',
    steps: shows(({ headers: { 'sec-fetch-site': _, ...headers } }) => ({ headers })),
    fails: [
      'rejects a write from another site before the handler runs',
      'serves a write from another site as a visitor without a session if serveCrossSite is true',
      'rejects a write from another site with 403, and leaves the cookie unchanged',
      'rejects a sign-in from another site, and sets no cookie',
    ],
  },
  {
    fault: 'hides Authorization',
    steps: shows(({ headers: { authorization: _, ...headers } }) => ({ headers })),
    fails: ['opens a session with a bearer token, and sets no cookie', PROVES],
  },
  {
    fault: 'looks up header names case-sensitively',
    steps: shows((_facts, { req }) => ({ headers: asWritten(req.rawHeaders) })),
    fails: ['opens a session with a custom header'],
  },
  {
    fault: 'hides the query',
    steps: shows(() => ({ query: undefined })),
    fails: [
      'opens a session with a query parameter, the first of its name',
      "keeps the app's Referrer-Policy if it protects the token, and adds one if there is none",
    ],
  },
  {
    fault: 'returns the last query parameter of a name',
    steps: shows((_facts, { req }) => ({
      query: Object.fromEntries(new URLSearchParams((req.url ?? '').split('?')[1])),
    })),
    fails: ['opens a session with a query parameter, the first of its name'],
  },
  {
    fault: 'throws if a query cannot be decoded',
    steps: shows((_facts, { req }) => {
      decodeURIComponent(req.url ?? '');
      return {};
    }),
    fails: [
      'opens a session with a query parameter, the first of its name',
      'treats an invalid token as a visitor without a session',
      'treats an unparsable target as one without a token, and keeps serving',
    ],
  },
  {
    fault: 'throws if the target is not a URL',
    steps: shows((_facts, { req }) => {
      new URL(req.url ?? '', 'http://localhost');
      return {};
    }),
    fails: ['treats an unparsable target as one without a token, and keeps serving'],
  },
  {
    fault: 'hides Upgrade',
    steps: shows(({ headers: { upgrade: _, ...headers } }) => ({ headers })),
    fails: ['treats a WebSocket upgrade from another site as a write, and gives it no session'],
  },
  {
    fault: 'reports a HEAD as a POST',
    steps: shows(({ method }) => ({ method: method === 'HEAD' ? 'POST' : method })),
    fails: ['treats a HEAD from another site as a read'],
  },
  {
    fault: 'hides the form',
    steps: shows(() => ({ body: undefined })),
    fails: ['opens a session with a form field'],
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
    fails: ['finds the token among invalid cookies of the same name'],
  },
  {
    fault: 'throws on an unusual cookie',
    steps: showsCookies((cookies) => {
      if (/[^\x20-\x7e]/.test(cookies)) throw new Error('The cookie is not ASCII.');
      return cookies;
    }),
    fails: ['treats malformed, forged and oversized cookies as a visitor without a session'],
  },
];

function asWritten(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 2) headers[lines[index] ?? ''] = lines[index + 1] ?? '';
  return headers;
}
