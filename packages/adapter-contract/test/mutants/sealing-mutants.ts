import { sealOnto } from '@coatcheck/core/adapter';
import { beforeHeaders } from './before-headers.ts';
import { BINDS, KEEPS, PROVES } from './device-clauses.ts';
import type { Mutant } from './mutant.ts';
import { type Arrival, headersFor, type Steps } from './steps.ts';

/** The clauses about calls that take status and headers at once. */
const RAW: readonly string[] = [
  "sends the token and the app's headers, passed as an object to the lowest-level call",
  "sends the token and the app's headers, passed as an array to the lowest-level call",
];

/** The clause about reading late, which only an adapter that shows the response's headers to `seal` can keep. */
const LATE_READ =
  'warns of a session that is first read after the response has started, as its Vary is missing';

/** Seals before the headers are sent, but only under a condition. */
function sealsWhere(holds: (arrival: Arrival, leaving: string) => boolean): Partial<Steps> {
  return {
    arrange: (arrival, visit) =>
      beforeHeaders(arrival.res, (leaving) => {
        if (holds(arrival, leaving)) sealOnto(arrival.res, visit);
      }),
  };
}

/** Lists adapters that send the session's headers wrongly. */
export const sealingMutants: readonly Mutant[] = [
  {
    fault: 'loses the token with a redirect',
    steps: sealsWhere(({ res }) => res.statusCode !== 303),
    fails: ['sends the token with a redirect'],
  },
  {
    fault: 'loses the token with a response created elsewhere',
    steps: sealsWhere(({ req }) => req.url?.startsWith('/elsewhere/') !== true),
    fails: ['sends the token with a response created elsewhere'],
  },
  {
    fault: 'loses the token with a response without a body',
    steps: sealsWhere(({ res }) => res.statusCode !== 204 && res.statusCode !== 304),
    fails: ['sends the token with a 204', 'sends the token with a 304'],
  },
  {
    fault: 'loses the token with the response to a HEAD',
    steps: sealsWhere(({ req }) => req.method !== 'HEAD'),
    fails: ['sends the token with the response to a HEAD'],
  },
  {
    fault: 'loses the token with an error',
    steps: sealsWhere(({ res }) => res.statusCode < 400),
    fails: ['sends the token with an error that a handler throws after a write', PROVES],
  },
  {
    fault: 'overwrites existing headers',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of headersFor(res, visit)) res.setHeader(name, value);
        }),
    },
    fails: [
      "keeps the app's cookies next to the token's",
      "adds Cookie to the app's Vary if the handler read the session",
      ...RAW,
      'serves two session managers on one request, each with its own name and cookie',
      'adds Authorization to Vary if the handler read the session',
    ],
  },
  {
    fault: "appends to the app's Cache-Control",
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of headersFor(res, visit))
            res.setHeader(name, [res.getHeader(name) ?? [], value].flat().map(String));
        }),
    },
    fails: ["replaces the app's Cache-Control with no-store if a token is sent", ...RAW],
  },
  {
    fault: "replaces the app's Referrer-Policy",
    steps: {
      arrange: ({ res }, visit) => beforeHeaders(res, () => sealOnto(res, { seal: () => visit.seal() })),
    },
    fails: [
      "keeps the app's Referrer-Policy if it protects the token, and adds one if there is none",
      LATE_READ,
    ],
  },
  {
    fault: "pushes the token into the app's array",
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value, how] of headersFor(res, visit)) {
            if (how === 'append') res.appendHeader(name, value);
            else res.setHeader(name, value);
          }
        }),
    },
    fails: ["adds no visitor's token to headers that the app shares between responses"],
  },
  {
    fault: 'sends only cookies',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of headersFor(res, visit)) {
            if (name === 'set-cookie')
              res.setHeader(name, [res.getHeader(name) ?? [], value].flat().map(String));
          }
        }),
    },
    fails: [
      "keeps the app's Referrer-Policy if it protects the token, and adds one if there is none",
      BINDS,
      KEEPS,
      PROVES,
      ...RAW,
      "replaces the app's Cache-Control with no-store if a token is sent",
      "adds Cookie to the app's Vary if the handler read the session",
      'adds Authorization to Vary if the handler read the session',
    ],
  },
  {
    fault: 'always adds Cookie to Vary',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, visit);
          res.setHeader('vary', [res.getHeader('vary') ?? [], 'cookie'].flat().map(String));
        }),
    },
    fails: ["keeps the app's Vary if the handler did not read the session"],
  },
  {
    fault: 'always forbids caching',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, visit);
          res.setHeader('cache-control', 'no-store');
        }),
    },
    fails: ["keeps the app's Cache-Control if no token is sent"],
  },
  {
    fault: 'loses the token with headers passed as an object',
    steps: sealsWhere((_arrival, leaving) => leaving !== 'object'),
    fails: ["sends the token and the app's headers, passed as an object to the lowest-level call"],
  },
  {
    fault: 'loses the token with headers passed as an array',
    steps: sealsWhere((_arrival, leaving) => leaving !== 'array'),
    fails: ["sends the token and the app's headers, passed as an array to the lowest-level call"],
  },
  {
    fault: 'seals when the response ends',
    steps: {
      arrange: ({ res }, visit) => {
        const end = res.end.bind(res);
        res.end = (...args: unknown[]) => {
          if (!res.headersSent) sealOnto(res, visit);
          return Reflect.apply(end, res, args);
        };
      },
    },
    fails: [
      'sends the token with a stream',
      ...RAW,
      'rejects creating a session after the response has started, before anything is stored',
      'rejects a sign-in after the response has started, and the token keeps working',
      LATE_READ,
    ],
  },
  {
    fault: 'clears the cookie without its attributes',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, {
            seal: () =>
              headersFor(res, visit).map(([name, value, how]) => [
                name,
                value.replace(/Max-Age=0; .*/, 'Max-Age=0'),
                how,
              ]),
          });
        }),
    },
    fails: ['clears the cookie at destroy with the attributes that set it, and a copied token opens nothing'],
  },
];
