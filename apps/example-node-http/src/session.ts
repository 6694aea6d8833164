import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sessions } from '@coatcheck/core';
import {
  type AdapterOptions,
  mountSessions,
  type ParsedRequest,
  ParsedRequestView,
  sealOnto,
  sendDirect,
} from '@coatcheck/core/adapter';
import onHeaders from 'on-headers';

/** A request whose form, if it has one, has been parsed before. */
export interface Request extends IncomingMessage {
  body?: Readonly<Record<string, string>>;
}

/** Adds the setting that node:http lacks: whether to trust one proxy in front of the app. */
export interface SessionOptions extends AdapterOptions<Request> {
  readonly trustProxy?: boolean;
}

/** Returns a function that attaches a session to a request. Await it before the response begins. */
export function session<Data>(
  sessions: Sessions<Data>,
  { trustProxy = false, ...options }: SessionOptions = {},
): (req: Request, res: ServerResponse) => Promise<void> {
  const { name, open, attach, rejoin, admit } = mountSessions<Data, Request>(sessions, options);
  return async (req, res) => {
    if (name in req) return void (await rejoin(Reflect.get(req, name), req));
    const visit = open(new ParsedRequestView(parsed(req, trustProxy)), req);
    const direct = visit.respond();
    if (direct !== undefined) return sendDirect(res, await direct);
    attach(req, visit.session);
    onHeaders(res, () => sealOnto(res, visit));
    await admit(visit, req);
  };
}

/** Shows a request to the core. Each part is read only when the core asks for it. */
function parsed(req: Request, trustProxy: boolean): ParsedRequest {
  const forwarded = (name: string) => (trustProxy ? req.headers[name]?.toString() : undefined);
  return {
    method: req.method ?? '',
    headers: req.headers,
    originalUrl: req.url,
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
