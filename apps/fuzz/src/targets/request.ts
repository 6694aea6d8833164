import { deepEqual, equal, ok } from 'node:assert/strict';
import { FetchRequestView } from '../../../../packages/core/src/adapter/fetch-request-view.ts';
import { ParsedRequestView } from '../../../../packages/core/src/adapter/parsed-request-view.ts';
import { lookAt } from '../../../../packages/core/src/http/client.ts';
import {
  describeCrossSite,
  isCrossSite,
  isFromElsewhere,
} from '../../../../packages/core/src/http/cross-site.ts';
import type { RequestView } from '../../../../packages/core/src/http/request-view.ts';
import { SafeRequestView } from '../../../../packages/core/src/http/safe-request-view.ts';
import { cookie } from '../../../../packages/core/src/http/transports/cookie.ts';
import { bearer, form, header, query } from '../../../../packages/core/src/http/transports/plain.ts';
import { createSessions } from '../../../../packages/core/src/sessions.ts';
import { memoryStore } from '../../../../packages/core/src/store/memory/memory-store.ts';

const TRUSTED: ReadonlySet<string> = new Set(['https://shop.example']);
const TRANSPORTS = [cookie(), bearer(), header('x-session'), query('s'), form('s')] as const;
const sessions = createSessions({
  store: memoryStore(),
  initial: () => ({}),
  transports: TRANSPORTS,
  trustedOrigins: [...TRUSTED],
  warnOnConsole: false,
});

/**
 * Shows the core requests of any bytes, through both views that adapters use: nothing throws, nobody has a session without a token of ours, and a write is from
 * elsewhere wherever its `Origin` is.
 */
export function fuzz(data: Uint8Array): void {
  const request = parse(Buffer.from(data).toString('latin1'));
  for (const view of viewsOf(request)) {
    const safe = new SafeRequestView(view);
    checkCrossSite(safe);
    const { network, browser, platform } = lookAt(safe);
    ok([network, browser, platform].every((part) => typeof part === 'string'));
    const visit = sessions.open(view);
    equal(visit.load(), undefined, 'The memory store is synchronous.');
    equal(visit.session.id, undefined, 'A session was opened.');
    equal(visit.session.userId, undefined);
    const issued = visit
      .seal(() => undefined)
      .filter(([name, value]) => name === 'set-cookie' && value !== '');
    deepEqual(issued, [], 'A reader was given a token.');
  }
}

/** A request as lines: the method, the URL, the address, the body as JSON, and the headers. */
interface Request {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly body: unknown;
  readonly headers: ReadonlyMap<string, string>;
}

function parse(text: string): Request {
  const [method = '', url = '', ip = '', body = '', ...lines] = text.split('\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1)];
    }),
  );
  return { method, url, ip, body: parseJson(body), headers };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function viewsOf({ method, url, ip, body, headers }: Request): readonly RequestView[] {
  const host = headers.get('host');
  return [
    new ParsedRequestView({
      ...{ method, ip, host, body, query: body },
      headers: Object.fromEntries(headers),
      protocol: url.startsWith('https:') ? 'https' : 'http',
    }),
    new FetchRequestView(
      { method, url, headers: { get: (name) => headers.get(name) ?? null } },
      {
        ip,
        form: { get: (name) => (typeof body === 'object' && body !== null ? Reflect.get(body, name) : null) },
      },
    ),
  ];
}

/** Says by other means which writes are from elsewhere. */
function checkCrossSite(view: RequestView): void {
  const isElsewhere = isFromElsewhere(view, TRUSTED);
  if (isCrossSite(view, TRUSTED)) ok(isElsewhere);
  ok(describeCrossSite(view, TRUSTED).length > 0);
  const site = view.header('sec-fetch-site') ?? '';
  if (isElsewhere || site === 'same-origin' || site === 'none') return;
  const origin = view.header('origin') ?? '';
  if (origin === '' && site === '') return;
  ok(TRUSTED.has(origin) || site === '', `${origin} counts as own although the browser says ${site}.`);
  if (TRUSTED.has(origin)) return;
  const { hostname, port, protocol } = new URL(origin);
  const [, name, ownPort = ''] = /^(.*?)(?::(\d*))?$/.exec((view.host ?? '').toLowerCase()) ?? [];
  equal(name, hostname);
  ok(
    ownPort === port || (port === '' && ownPort === (protocol === 'https:' ? '443' : '80')),
    'Another port is own.',
  );
}
