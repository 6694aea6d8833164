import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session, Visit } from '@coatcheck/core';
import { type ParsedRequest, ParsedRequestView, sealOnto, sendDirect, taken } from '@coatcheck/core/adapter';
import type { ContractApp, ContractData, ContractMount } from '../../src/app/index.ts';
import { beforeHeaders } from './before-headers.ts';

/** The input of an adapter for one request. */
export interface Arrival {
  readonly app: ContractApp;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The fields of the form; empty if there is no form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The steps of an adapter for `node:http`. A mutant may get any of them wrong. */
export interface Steps {
  /** Returns what the adapter shows the core of the request. */
  facts(arrival: Arrival): ParsedRequest;
  open(arrival: Arrival, mount: ContractMount, facts: ParsedRequest): Visit<ContractData>;
  /** Responds to a request that the browser sent by itself; false if it is none. */
  respond(arrival: Arrival, visit: Visit<ContractData>): Promise<boolean>;
  /** Arranges that the visit is sealed and its headers are sent. */
  arrange(arrival: Arrival, visit: Visit<ContractData>): void;
  load(visit: Visit<ContractData>, mount: ContractMount): unknown;
  /** Rejects a write from another site. */
  refuse(visit: Visit<ContractData>, mount: ContractMount): void;
  /** Tells whether the holder has a session of the same sessions already. */
  joins(holder: Record<string, unknown>, mount: ContractMount): boolean;
  /** Attaches the session where the handler finds it. */
  attach(holder: Record<string, unknown>, mount: ContractMount, session: Session<ContractData>): void;
  /** Creates the object that has the sessions of a request as properties. */
  holder(arrival: Arrival): Record<string, unknown>;
}

const OPENED = new WeakMap<object, unknown>();

/** Performs every step correctly. */
export const steps: Steps = {
  facts({ app: { trustProxy }, req, fields }) {
    const [, search = ''] = (req.url ?? '').split(/\?(.*)/s);
    return {
      method: req.method ?? '',
      headers: req.headers,
      host: (trustProxy && String(req.headers['x-forwarded-host'] ?? '')) || req.headers.host,
      ip: (trustProxy && forwardedFor(req).at(-1)) || req.socket.remoteAddress,
      originalUrl: req.url,
      query: Object.fromEntries([...new URLSearchParams(search)].reverse()),
      body: fields,
    };
  },
  open: (_arrival, { sessions, options }, facts) =>
    sessions.open(new ParsedRequestView(facts), { passive: options.passive === true }),
  respond: async ({ res }, visit) => {
    const direct = visit.respond();
    if (direct === undefined) return false;
    sendDirect(res, await direct);
    return true;
  },
  arrange: ({ res }, visit) => beforeHeaders(res, () => sealOnto(res, visit)),
  refuse: (visit, { options }) => {
    if (!options.serveCrossSite) visit.refuseCrossSite();
  },
  load: (visit, { options }) => (options.lazy ? undefined : visit.session.load()),
  joins: (holder, { sessions, options: { as = 'session' } }) => {
    const present = holder[as];
    return typeof present === 'object' && present !== null && OPENED.get(present) === sessions;
  },
  attach: (holder, { sessions, options: { as = 'session' } }, session) => {
    if (as in holder) throw taken(as);
    holder[as] = session;
    OPENED.set(session, sessions);
  },
  holder: () => ({}),
};

/** Seals a visit, and shows the core the headers that the response already has. */
export function headersFor(
  res: ServerResponse,
  visit: Visit<ContractData>,
): ReturnType<Visit<unknown>['seal']> {
  return visit.seal((name) => res.getHeader(name)?.toString());
}

/** Returns the addresses that proxies have added, with the nearest to this server last. */
export function forwardedFor(req: IncomingMessage): readonly string[] {
  const line = req.headers['x-forwarded-for'];
  return line === undefined
    ? []
    : String(line)
        .split(',')
        .map((address) => address.trim());
}
