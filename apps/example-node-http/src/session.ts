import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sessions } from '@coatcheck/core';
import {
  type AdapterOptions,
  mountSessions,
  type ParsedRequest,
  ParsedRequestView,
  sealOnto,
} from '@coatcheck/core/adapter';
import onHeaders from 'on-headers';

/** A request whose form, if it has one, was read before. */
export interface Request extends IncomingMessage {
  body?: Readonly<Record<string, string>>;
}

/** Adds what node:http has no setting for: whether one proxy in front is trusted. */
export interface SessionOptions extends AdapterOptions<Request> {
  readonly trustProxy?: boolean;
}

/** Makes the function that puts a session on a request. Await it before anything is answered. */
export function session<Data>(
  sessions: Sessions<Data>,
  { trustProxy = false, ...options }: SessionOptions = {},
): (req: Request, res: ServerResponse) => Promise<void> {
  const { lazy, open, attach } = mountSessions<Data, Request>(sessions, options);
  return async (req, res) => {
    const visit = open(new ParsedRequestView(parsed(req, trustProxy)), req);
    attach(req, visit.session);
    onHeaders(res, () => sealOnto(res, visit));
    if (!lazy) await visit.session.load();
  };
}

/** Reads a request as the core wants it, each part when it is asked for. */
function parsed(req: Request, trustProxy: boolean): ParsedRequest {
  const forwarded = (name: string) => (trustProxy ? req.headers[name]?.toString() : undefined);
  return {
    method: req.method ?? '',
    headers: req.headers,
    get host() {
      return forwarded('x-forwarded-host') ?? req.headers.host;
    },
    get ip() {
      return forwarded('x-forwarded-for')?.split(',').at(-1)?.trim() ?? req.socket.remoteAddress;
    },
    get query() {
      // A target such as `//` makes no URL: what a client sends must not throw.
      const [, search = ''] = (req.url ?? '').split(/\?(.*)/s);
      return Object.fromEntries([...new URLSearchParams(search)].reverse());
    },
    body: req.body,
  };
}
