import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session, Visit } from '@coatcheck/core';
import { type ParsedRequest, ParsedRequestView, sealOnto, taken } from '@coatcheck/core/adapter';
import type { ContractApp, ContractData, ContractMount } from '../../src/app/index.ts';
import { beforeHeaders } from './before-headers.ts';

/** What an adapter is given of one request. */
export interface Arrival {
  readonly app: ContractApp;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The form's fields, where there is a form. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The steps of an adapter for `node:http`, each of which a mutant may get wrong. */
export interface Steps {
  /** Says what the core is shown of the request. */
  facts(arrival: Arrival): ParsedRequest;
  open(arrival: Arrival, mount: ContractMount, facts: ParsedRequest): Visit<ContractData>;
  /** Sees to it that the visit is sealed, and its headers sent. */
  arrange(arrival: Arrival, visit: Visit<ContractData>): void;
  load(visit: Visit<ContractData>, mount: ContractMount): unknown;
  /** Puts the session where the handler finds it. */
  attach(holder: Record<string, unknown>, mount: ContractMount, session: Session<ContractData>): void;
  /** Makes what carries the sessions of a request. */
  holder(arrival: Arrival): Record<string, unknown>;
}

/** Does every step as it should be done. */
export const steps: Steps = {
  facts({ app: { trustProxy }, req, fields }) {
    const [, search = ''] = (req.url ?? '').split(/\?(.*)/s);
    return {
      method: req.method ?? '',
      headers: req.headers,
      host: (trustProxy && String(req.headers['x-forwarded-host'] ?? '')) || req.headers.host,
      ip: (trustProxy && forwardedFor(req).at(-1)) || req.socket.remoteAddress,
      query: Object.fromEntries([...new URLSearchParams(search)].reverse()),
      body: fields,
    };
  },
  open: (_arrival, { sessions, options }, facts) =>
    sessions.open(new ParsedRequestView(facts), { passive: options.passive === true }),
  arrange: ({ res }, visit) => beforeHeaders(res, () => sealOnto(res, visit)),
  load: (visit, { options }) => (options.lazy ? undefined : visit.session.load()),
  attach: (holder, { options: { as = 'session' } }, session) => {
    if (as in holder) throw taken(as);
    holder[as] = session;
  },
  holder: () => ({}),
};

/** The addresses that the proxies told, the one nearest to this server last. */
export function forwardedFor(req: IncomingMessage): readonly string[] {
  const line = req.headers['x-forwarded-for'];
  return line === undefined
    ? []
    : String(line)
        .split(',')
        .map((address) => address.trim());
}
