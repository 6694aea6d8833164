import { ParsedRequestView, sealOnto } from '@coatcheck/core/adapter';
import { beforeHeaders } from './before-headers.ts';
import type { Mutant } from './mutant.ts';
import { steps } from './steps.ts';

const SHARED = new WeakMap<object, Record<string, unknown>>();

/** Lists adapters that open, load or hand over a session wrongly. */
export const visitMutants: readonly Mutant[] = [
  {
    fault: 'does not wait for the load',
    steps: {
      load: (visit, { options }) => {
        if (!options.lazy) visit.session.load().catch(() => {});
      },
    },
    fails: [
      'hands the session over loaded, with what the request before wrote',
      "gives the store's failure at a load to the framework's error handling, and grants nothing",
    ],
  },
  {
    fault: 'loads where it is lazy',
    steps: { load: (visit) => visit.session.load() },
    fails: ['asks the store nothing where it is lazy and the app does not load'],
  },
  {
    fault: 'knows nothing of passive',
    steps: { open: (_arrival, { sessions }, facts) => sessions.open(new ParsedRequestView(facts)) },
    fails: [
      'writes nothing for a look where it is passive',
      'renews no token for a look where it is passive',
    ],
  },
  {
    fault: 'is always passive',
    steps: {
      open: (_arrival, { sessions }, facts) => sessions.open(new ParsedRequestView(facts), { passive: true }),
    },
    fails: ['moves the deadline on for a look where it is not passive'],
  },
  {
    fault: 'puts a second session over the first',
    steps: {
      attach: (holder, { options }, session) => {
        holder[options.as ?? 'session'] = session;
      },
    },
    fails: ['refuses to be mounted twice under one name'],
  },
  {
    fault: 'puts every session under the same name',
    steps: {
      attach: (holder, _mount, session) => {
        holder['session'] = session;
      },
    },
    fails: [
      'refuses to be mounted twice under one name',
      'serves two session managers on one request, each with its own name and cookie',
    ],
  },
  {
    fault: 'serves a store that fails as a visitor without a session',
    steps: { load: (visit, mount) => Promise.resolve(steps.load(visit, mount)).catch(() => {}) },
    fails: ["gives the store's failure at a load to the framework's error handling, and grants nothing"],
  },
  {
    fault: 'asks the store twice',
    steps: {
      open: (arrival, mount, facts) => {
        if (!mount.options.lazy)
          steps
            .open(arrival, mount, facts)
            .session.load()
            .catch(() => {});
        return steps.open(arrival, mount, facts);
      },
    },
    fails: ['asks the store once for a request with a token'],
  },
  {
    fault: 'grants a session to whoever comes',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        const { req } = arrival;
        if (req.method === 'GET' && req.headers.cookie === undefined && !req.url?.includes('/kit.')) {
          visit.session.update({}).catch(() => {});
        }
      },
    },
    fails: ['sets no cookie and asks no store for a stranger whose session is left alone'],
  },
  {
    fault: 'keeps the sessions of all requests in one place',
    steps: {
      holder: ({ app, req }) => {
        if (req.headers.cookie === undefined) return {};
        const holder = SHARED.get(app) ?? {};
        for (const name of Object.keys(holder)) delete holder[name];
        SHARED.set(app, holder);
        return holder;
      },
    },
    fails: ['keeps two visitors apart who are served at the same moment'],
  },
  {
    fault: 'ends the session of a client that goes away',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        const { res } = arrival;
        res.on('close', () => {
          if (!res.writableFinished) visit.session.destroy().catch(() => {});
        });
      },
    },
    fails: ['keeps what a handler wrote whose client went away, and goes on serving'],
  },
  {
    fault: 'lets the client keep the token that it presented',
    steps: {
      arrange: ({ req, res }, visit) => {
        const presented = req.headers.cookie?.match(/__Host-session=[\w-]{65}/)?.[0];
        beforeHeaders(res, () => {
          sealOnto(res, {
            seal: () =>
              visit
                .seal()
                .map(([name, value, how]) => [
                  name,
                  presented === undefined ? value : value.replace(/^__Host-session=[\w-]{65}/, presented),
                  how,
                ]),
          });
        });
      },
    },
    fails: [
      'adopts no token that the client chose',
      'kills the token from before at sign-in, and keeps the session',
    ],
  },
];
