import { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import { describe, expect, it } from 'vitest';
import { createSessions, memoryStore, type SessionVariables, session } from './index.ts';

type Env = { Variables: SessionVariables<{ count: number }> };
type Result = Awaited<ReturnType<ReturnType<typeof handle>>>;
type Headers = Readonly<Record<string, string>>;

const ORIGIN = 'https://shop.example';
/** The host that the function sees where a CDN in front does not pass on the browser's. */
const DOMAIN = 'abc123.execute-api.eu-west-1.amazonaws.com';

const listed = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

/** What AWS sends for a POST, by the kind of event. */
const EVENTS: Readonly<Record<string, (headers: Headers) => object>> = {
  'API Gateway, payload 2.0, or a function URL': ({ cookie = '', ...headers }) => ({
    version: '2.0',
    rawPath: '/',
    rawQueryString: '',
    cookies: cookie === '' ? [] : [cookie],
    headers,
    requestContext: { domainName: DOMAIN, http: { method: 'POST', path: '/' } },
  }),
  'API Gateway, payload 1.0': (headers) => ({
    httpMethod: 'POST',
    path: '/',
    headers,
    multiValueHeaders: listed(headers),
    requestContext: { domainName: DOMAIN },
  }),
  'a load balancer with multi-value headers': (headers) => ({
    httpMethod: 'POST',
    path: '/',
    multiValueHeaders: listed({ host: DOMAIN, ...headers }),
    requestContext: { elb: { targetGroupArn: 'arn' } },
  }),
  'a load balancer without multi-value headers': (headers) => ({
    httpMethod: 'POST',
    path: '/',
    headers: { host: DOMAIN, ...headers },
    requestContext: { elb: { targetGroupArn: 'arn' } },
  }),
};

function lambdaOf(kind: string, ownCookie = false) {
  const sessions = createSessions<{ count: number }>({
    store: memoryStore(),
    initial: () => ({ count: 0 }),
    trustedOrigins: [ORIGIN],
  });
  const app = new Hono<Env>().use(session(sessions)).post('/', async (c) => {
    if (ownCookie) c.header('set-cookie', 'theme=dark', { append: true });
    return c.text(String(await c.var.session.update((data) => ++data.count)));
  });
  app.onError((error, c) => c.text(error.message, 500));
  const handler = handle(app);
  return async (headers: Headers): Promise<Result> => {
    // An event is JSON, of which AWS's types know more than any function uses.
    const event: LambdaEvent = JSON.parse(JSON.stringify(EVENTS[kind]?.(headers)));
    return handler(event);
  };
}

function cookiesOf(result: Result): readonly string[] {
  if (result.cookies !== undefined) return result.cookies;
  const { headers = {}, multiValueHeaders = headers } = result;
  return [multiValueHeaders['set-cookie'] ?? []].flat();
}
const tokenOf = (result: Result) =>
  cookiesOf(result)
    .find((each) => each.includes('HttpOnly'))
    ?.split(';')[0] ?? '';

describe.each(Object.keys(EVENTS))('behind %s', (kind) => {
  it('the session is that of the cookie', async () => {
    const invoke = lambdaOf(kind);
    const first = await invoke({ origin: ORIGIN });
    expect([first.statusCode, first.body]).toEqual([200, '1']);
    const second = await invoke({ origin: ORIGIN, cookie: tokenOf(first) });
    expect([second.statusCode, second.body]).toEqual([200, '2']);
  });

  it('a browser that names its own site is served, though the host differs', async () => {
    expect((await lambdaOf(kind)({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
  });

  it('a write from an origin that is not trusted is refused', async () => {
    expect((await lambdaOf(kind)({ origin: 'https://evil.example' })).body).toContain('origin');
  });

  const keeps = kind !== 'a load balancer without multi-value headers';
  it(`a cookie of the app ${keeps ? 'does not displace' : 'displaces'} the token`, async () => {
    expect(tokenOf(await lambdaOf(kind, true)({ origin: ORIGIN })) !== '').toBe(keeps);
  });
});
