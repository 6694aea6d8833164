import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import flash from 'connect-flash';
import cookieParser from 'cookie-parser';
import { doubleCsrf } from 'csrf-csrf';
import { csrfSync } from 'csrf-sync';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { COMBINATIONS } from '../support/combinations.ts';
import { type Client, makeSession, SECRET, serve } from '../support/serve.ts';

const require = createRequire(import.meta.url);
const csurf: () => RequestHandler = require('csurf');
const grant: { express(options: object): RequestHandler } = require('grant');

describe.each(COMBINATIONS)('on $name', ({ makeApp, makeStore }) => {
  it('connect-flash shows each message once', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.use(flash());
    app.post('/', (req, res) => {
      req.flash('info', 'Saved.');
      res.redirect('/');
    });
    app.get('/', (req, res) => res.json(req.flash('info')));
    const client = (await serve(app)).client();
    await Promise.all([client.post('/'), client.post('/')]);
    await client.post('/');
    const shown: string[] = JSON.parse(await client.get('/'));
    expect(shown.length).toBeGreaterThan(0);
    expect(JSON.parse(await client.get('/'))).toEqual([]);
  });

  it('connect-flash loses no message that two requests write at once', async () => {
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.use(flash());
    app.post('/:message', (req, res) => {
      req.flash('info', req.params.message);
      res.end();
    });
    app.get('/', (req, res) => res.json(req.flash('info')));
    const client = (await serve(app)).client();
    await client.post('/first');
    await Promise.all(Array.from({ length: 10 }, (_, i) => client.post(`/${i}`)));
    expect(JSON.parse(await client.get('/'))).toHaveLength(11);
  });

  it.each(['csrf-sync', 'csurf'])('%s accepts its token and refuses a request without it', async (name) => {
    const app = makeApp();
    app.use(makeApp.urlencoded({ extended: false }));
    app.use(makeSession({ store: makeStore() }));
    const { csrfSynchronisedProtection } = csrfSync({ getTokenFromRequest: (req) => req.body?._csrf });
    app.use(name === 'csurf' ? csurf() : csrfSynchronisedProtection);
    app.get('/', (req, res) => res.send(tokenOf(req)));
    app.post('/', (_req, res) => res.send('done'));
    app.use(((error, _req, res, _next) =>
      res.status(error.statusCode ?? 500).send('refused')) as import('express').ErrorRequestHandler);
    const client = (await serve(app)).client();
    const token = await client.get('/');
    expect(await client.post('/', { _csrf: token })).toMatchObject({ status: 200, text: 'done' });
    expect(await client.post('/', { _csrf: 'x' })).toMatchObject({ status: 403 });
    expect(await client.post('/')).toMatchObject({ status: 403 });
  });

  it('csrf-csrf accepts the token of its session only', async () => {
    const app = makeApp();
    app.use(makeApp.urlencoded({ extended: false }));
    app.use(cookieParser());
    app.use(makeSession({ store: makeStore() }));
    const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
      getSecret: () => SECRET,
      getSessionIdentifier: (req) => req.sessionID,
      getCsrfTokenFromRequest: (req) => req.body?._csrf,
      cookieName: 'csrf',
      cookieOptions: { secure: false },
      errorConfig: { statusCode: 403 },
    });
    app.use(doubleCsrfProtection);
    app.get('/', (req, res) => {
      Object.assign(req.session, { form: true });
      res.send(generateCsrfToken(req, res));
    });
    app.post('/', (_req, res) => res.send('done'));
    app.use(((error, _req, res, _next) =>
      res.status(error.statusCode ?? 500).send('refused')) as import('express').ErrorRequestHandler);
    const { client } = await serve(app);
    const [ada, eve] = [client(), client()];
    const token = await ada.get('/');
    await eve.get('/');
    expect(await ada.post('/', { _csrf: token })).toMatchObject({ status: 200, text: 'done' });
    eve.cookies.set('csrf', ada.cookies.get('csrf') ?? '');
    expect(await eve.post('/', { _csrf: token })).toMatchObject({ status: 403 });
    expect(await ada.post('/')).toMatchObject({ status: 403 });
  });

  it('grant signs in with OAuth 2', async () => {
    const provider = await serve(
      createServer((req, res) => {
        res.setHeader('content-type', 'application/json');
        res.end(req.url?.startsWith('/token') ? JSON.stringify({ access_token: 'of-the-provider' }) : '{}');
      }).listeners('request')[0] as import('node:http').RequestListener,
    );
    const app = makeApp();
    app.use(makeSession({ store: makeStore() }));
    app.use(
      grant.express({
        defaults: { origin: 'http://localhost', transport: 'session', state: true },
        local: {
          oauth: 2,
          authorize_url: `${provider.url}/authorize`,
          access_url: `${provider.url}/token`,
          key: 'key',
          secret: 'secret',
          callback: '/done',
        },
      }),
    );
    app.get('/done', (req, res) => res.json(Reflect.get(req.session, 'grant')));
    const client: Client = (await serve(app)).client();
    const started = await client.send('GET', '/connect/local');
    const location = new URL(started.headers.get('location') ?? '');
    expect(location.pathname).toBe('/authorize');
    const state = location.searchParams.get('state');
    const returned = await client.send('GET', `/connect/local/callback?code=c&state=${state}`);
    expect(returned.headers.get('location')).toMatch(/^\/done/);
    expect(JSON.parse(await client.get('/done'))).toMatchObject({
      provider: 'local',
      response: { access_token: 'of-the-provider' },
    });
  });
});

/** Calls the function that both libraries put on the request. */
function tokenOf(req: object): string {
  const make: unknown = Reflect.get(req, 'csrfToken');
  return typeof make === 'function' ? make.call(req) : '';
}
