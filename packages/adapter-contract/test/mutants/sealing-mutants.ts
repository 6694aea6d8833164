import { sealOnto } from '@coatcheck/core/adapter';
import { beforeHeaders } from './before-headers.ts';
import type { Mutant } from './mutant.ts';
import type { Arrival, Steps } from './steps.ts';

/** The ways in which an app gives status and headers in one call. */
const RAW: readonly string[] = [
  "brings the token and the app's headers, given as an object to the lowest call",
  "brings the token and the app's headers, given as an array to the lowest call",
];

/** Seals before the headers leave, but only where a condition holds. */
function sealsWhere(holds: (arrival: Arrival, leaving: string) => boolean): Partial<Steps> {
  return {
    arrange: (arrival, visit) =>
      beforeHeaders(arrival.res, (leaving) => {
        if (holds(arrival, leaving)) sealOnto(arrival.res, visit);
      }),
  };
}

/** Lists adapters that bring the session's headers to the client wrongly. */
export const sealingMutants: readonly Mutant[] = [
  {
    fault: 'loses the token with a redirect',
    steps: sealsWhere(({ res }) => res.statusCode !== 303),
    fails: ['brings the token with a redirect'],
  },
  {
    fault: 'loses the token with a response that was made elsewhere',
    steps: sealsWhere(({ req }) => req.url?.startsWith('/elsewhere/') !== true),
    fails: ['brings the token with a response that was made elsewhere'],
  },
  {
    fault: 'loses the token with an answer without a body',
    steps: sealsWhere(({ res }) => res.statusCode !== 204 && res.statusCode !== 304),
    fails: ['brings the token with a 204', 'brings the token with a 304'],
  },
  {
    fault: 'loses the token with the answer to a HEAD',
    steps: sealsWhere(({ req }) => req.method !== 'HEAD'),
    fails: ['brings the token with the answer to a HEAD'],
  },
  {
    fault: 'loses the token with an error',
    steps: sealsWhere(({ res }) => res.statusCode < 400),
    fails: ['brings the token with the error that a handler throws after its write'],
  },
  {
    fault: 'sets the headers without regard to those there are',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of visit.seal()) res.setHeader(name, value);
        }),
    },
    fails: [
      "keeps the app's cookies beside the token's",
      "adds Cookie to the app's Vary where the app looked at the session",
      ...RAW,
      'serves two session managers on one request, each with its own name and cookie',
      'varies by Authorization where the app looked at the session',
    ],
  },
  {
    fault: "adds to the app's Cache-Control",
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of visit.seal())
            res.setHeader(name, [res.getHeader(name) ?? [], value].flat().map(String));
        }),
    },
    fails: ["puts no-store in place of the app's Cache-Control where a token goes out", ...RAW],
  },
  {
    fault: "pushes the token into the app's array",
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value, how] of visit.seal()) {
            if (how === 'append') res.appendHeader(name, value);
            else res.setHeader(name, value);
          }
        }),
    },
    fails: ["lets no visitor's token into headers that the app uses for others too"],
  },
  {
    fault: 'sends cookies alone',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          for (const [name, value] of visit.seal()) {
            if (name === 'set-cookie')
              res.setHeader(name, [res.getHeader(name) ?? [], value].flat().map(String));
          }
        }),
    },
    fails: [
      ...RAW,
      "puts no-store in place of the app's Cache-Control where a token goes out",
      "adds Cookie to the app's Vary where the app looked at the session",
      'varies by Authorization where the app looked at the session',
    ],
  },
  {
    fault: 'varies by Cookie whatever the app does',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, visit);
          res.setHeader('vary', [res.getHeader('vary') ?? [], 'cookie'].flat().map(String));
        }),
    },
    fails: ["leaves the app's Vary where the app did not look"],
  },
  {
    fault: 'forbids caching whatever the app does',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, visit);
          res.setHeader('cache-control', 'no-store');
        }),
    },
    fails: ["leaves the app's Cache-Control where no token goes out"],
  },
  {
    fault: 'loses the token with headers given as an object',
    steps: sealsWhere((_arrival, leaving) => leaving !== 'object'),
    fails: ["brings the token and the app's headers, given as an object to the lowest call"],
  },
  {
    fault: 'loses the token with headers given as an array',
    steps: sealsWhere((_arrival, leaving) => leaving !== 'array'),
    fails: ["brings the token and the app's headers, given as an array to the lowest call"],
  },
  {
    fault: 'seals when the response ends',
    steps: {
      arrange: ({ res }, visit) => {
        const end = res.end.bind(res);
        res.end = (...given: unknown[]) => {
          if (!res.headersSent) sealOnto(res, visit);
          return Reflect.apply(end, res, given);
        };
      },
    },
    fails: [
      'brings the token with a stream',
      ...RAW,
      'refuses a grant after the response has started, before anything is stored',
      'refuses a sign-in after the response has started, and the token goes on opening',
    ],
  },
  {
    fault: 'clears the cookie without its attributes',
    steps: {
      arrange: ({ res }, visit) =>
        beforeHeaders(res, () => {
          sealOnto(res, {
            seal: () =>
              visit
                .seal()
                .map(([name, value, how]) => [name, value.replace(/Max-Age=0; .*/, 'Max-Age=0'), how]),
          });
        }),
    },
    fails: [
      'clears the cookie at destroy with the attributes that set it, and the copied token opens nothing',
    ],
  },
];
