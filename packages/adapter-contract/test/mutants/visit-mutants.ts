import { ParsedRequestView, sealOnto, sendDirect } from '@coatcheck/core/adapter';
import { beforeHeaders } from './before-headers.ts';
import { BINDS, KEEPS, LEAVES, PROVES } from './device-clauses.ts';
import type { Mutant } from './mutant.ts';
import { headersFor, steps } from './steps.ts';

const SHARED = new WeakMap<object, Record<string, unknown>>();

/** Lists adapters that open, load or attach a session wrongly. */
export const visitMutants: readonly Mutant[] = [
  {
    fault: 'does not respond to the browser itself',
    steps: { respond: async () => false },
    fails: [BINDS, KEEPS],
  },
  {
    fault: 'sends the browser no cookie',
    steps: {
      respond: async ({ res }, visit) => {
        const direct = await visit.respond();
        if (direct === undefined) return false;
        const headers = direct.headers.filter(([name]) => name !== 'set-cookie');
        sendDirect(res, { ...direct, headers });
        return true;
      },
    },
    fails: [BINDS],
  },
  {
    fault: 'passes the request of the browser on to the app',
    steps: {
      respond: async (arrival, visit) => {
        const hasResponded = await steps.respond(arrival, visit);
        if (hasResponded) await arrival.app.perform('session.ignore', { session: visit.session });
        return hasResponded;
      },
    },
    fails: [BINDS],
  },
  {
    fault: 'keeps the path of the browser for itself',
    steps: {
      respond: async (arrival, visit) => {
        if (await steps.respond(arrival, visit)) return true;
        if (arrival.req.url !== '/session/device') return false;
        sendDirect(arrival.res, { status: 403, headers: [], body: '' });
        return true;
      },
    },
    fails: [LEAVES],
  },
  {
    fault: 'does not wait for the load',
    steps: {
      load: (visit, { options }) => {
        if (!options.lazy) visit.session.load().catch(() => {});
      },
    },
    fails: [
      'provides the session loaded, with what the previous request wrote',
      "passes a store failure during load to the framework's error handling, and issues no token",
    ],
  },
  {
    fault: 'leaves rejecting a write from another site to the handler',
    steps: { refuse: () => {} },
    fails: [
      'rejects a write from another site before the handler runs',
      'treats a WebSocket upgrade from another site as a write, and gives it no session',
    ],
  },
  {
    fault: 'rejects writes from other sites even if serveCrossSite is true',
    steps: { refuse: (visit) => visit.refuseCrossSite() },
    fails: [
      'serves a write from another site as a visitor without a session if serveCrossSite is true',
      'treats a WebSocket upgrade from another site as a write, and gives it no session',
    ],
  },
  {
    fault: 'loads although it is lazy',
    steps: { load: (visit) => visit.session.load() },
    fails: ['makes no store call if it is lazy and the app does not load'],
  },
  {
    fault: 'ignores passive',
    steps: { open: (_arrival, { sessions }, facts) => sessions.open(new ParsedRequestView(facts)) },
    fails: [
      'writes nothing when the session is read, if it is passive',
      'renews no token when the session is read, if it is passive',
    ],
  },
  {
    fault: 'is always passive',
    steps: {
      open: (_arrival, { sessions }, facts) => sessions.open(new ParsedRequestView(facts), { passive: true }),
    },
    fails: ['extends the deadline when the session is read, unless it is passive', BINDS],
  },
  {
    fault: 'rejects the same sessions if they are mounted twice',
    steps: { joins: () => false },
    fails: ['serves one session if the same sessions are mounted twice'],
  },
  {
    fault: 'overwrites the first session with a second one',
    steps: {
      attach: (holder, { options }, session) => {
        holder[options.as ?? 'session'] = session;
      },
    },
    fails: [
      'serves one session if the same sessions are mounted twice',
      'rejects other sessions under a name that is in use',
    ],
  },
  {
    fault: 'attaches every session under the same name',
    steps: {
      attach: (holder, _mount, session) => {
        holder['session'] = session;
      },
    },
    fails: [
      'serves one session if the same sessions are mounted twice',
      'rejects other sessions under a name that is in use',
      'serves two session managers on one request, each with its own name and cookie',
    ],
  },
  {
    fault: 'treats a store failure as a visitor without a session',
    steps: { load: (visit, mount) => Promise.resolve(steps.load(visit, mount)).catch(() => {}) },
    fails: ["passes a store failure during load to the framework's error handling, and issues no token"],
  },
  {
    fault: 'calls the store twice',
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
    fails: [
      'makes one store call for a request with a token',
      'serves one session if the same sessions are mounted twice',
      PROVES,
    ],
  },
  {
    fault: 'creates a session for every visitor',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        const { req } = arrival;
        if (req.method === 'GET' && req.headers.cookie === undefined && !req.url?.includes('/kit.')) {
          visit.session.update({}).catch(() => {});
        }
      },
    },
    fails: ['sets no cookie and makes no store call for a new visitor whose session is unused'],
  },
  {
    fault: 'stores the sessions of all requests in one place',
    steps: {
      holder: ({ app, req }) => {
        if (req.headers.cookie === undefined) return {};
        const holder = SHARED.get(app) ?? {};
        for (const name of Object.keys(holder)) delete holder[name];
        SHARED.set(app, holder);
        return holder;
      },
    },
    fails: ['keeps two concurrent visitors apart'],
  },
  {
    fault: 'ends the session of a client that disconnects',
    steps: {
      arrange: (arrival, visit) => {
        steps.arrange(arrival, visit);
        const { res } = arrival;
        res.on('close', () => {
          if (!res.writableFinished) visit.session.destroy().catch(() => {});
        });
      },
    },
    fails: ['keeps what a handler wrote after its client disconnected, and keeps serving'],
  },
  {
    fault: 'sends back the token that the client presented',
    steps: {
      arrange: ({ req, res }, visit) => {
        const presented = req.headers.cookie?.match(/__Host-session=[\w-]{65}/)?.[0];
        beforeHeaders(res, () => {
          sealOnto(res, {
            seal: () =>
              headersFor(res, visit).map(([name, value, how]) => [
                name,
                presented === undefined ? value : value.replace(/^__Host-session=[\w-]{65}/, presented),
                how,
              ]),
          });
        });
      },
    },
    fails: [
      'adopts no token that the client made up',
      'invalidates the old token at sign-in, and keeps the session',
    ],
  },
];
