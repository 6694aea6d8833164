import { auth } from 'express-openid-connect';
import { allowInsecureRequests, discovery } from 'openid-client';
import { Strategy } from 'openid-client/passport';
import { Passport } from 'passport';
import { describe, expect, it } from 'vitest';
import { COMBINATIONS } from '../support/combinations.ts';
import { serveProvider } from '../support/openid-provider.ts';
import { type Client, makeSession, serve } from '../support/serve.ts';

/** Signs in at the provider, and comes back with what it says. */
async function signIn(browser: Client, path: string): Promise<Response> {
  const started = await browser.send('GET', path);
  const authorized = await fetch(started.headers.get('location') ?? '', { redirect: 'manual' });
  const back = new URL(authorized.headers.get('location') ?? '');
  return browser.send('GET', back.pathname + back.search);
}

describe.each(COMBINATIONS)('on $name', ({ makeApp, makeStore }) => {
  it("openid-client's passport strategy signs in", async () => {
    const passport = new Passport();
    passport.serializeUser((user, done) => done(null, user));
    passport.deserializeUser((user: Express.User, done) => done(null, user));
    const app = makeApp();
    const middleware = makeSession({ store: makeStore() });
    app.use(middleware);
    app.use(passport.authenticate('session'));
    app.get('/', (req, res) => res.json({ user: req.user, native: req.coatcheck.userId }));
    app.get('/login', passport.authenticate('openid'));
    app.get(
      '/callback',
      passport.authenticate('openid', { successRedirect: '/', failureRedirect: '/failed' }),
    );
    const { url, client } = await serve(app);
    const config = await discovery(new URL(await serveProvider()), 'app', 'secret', undefined, {
      execute: [allowInsecureRequests],
    });
    const options = { config, name: 'openid', scope: 'openid', callbackURL: `${url}/callback` };
    passport.use(new Strategy(options, (tokens, done) => done(null, { id: tokens.claims()?.sub })));
    const browser = client();
    const planted = browser.copy();
    expect((await signIn(browser, '/login')).headers.get('location')).toBe('/');
    expect(JSON.parse(await browser.get('/'))).toEqual({ user: { id: 'ada' }, native: 'ada' });
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    // The code verifier is in the browser's own session, so no other browser can use the code.
    expect(JSON.parse(await planted.get('/'))).toEqual({});
    const stranger = await client().send('GET', '/callback?code=x');
    expect(stranger.headers.get('location')).toBe('/failed');
  });

  it('express-openid-connect keeps its session beside req.session', async () => {
    const app = makeApp();
    const { url, client } = await serve(app);
    app.use(makeSession({ store: makeStore() }));
    app.use(
      auth({
        issuerBaseURL: await serveProvider(),
        baseURL: url,
        clientID: 'app',
        clientSecret: 'secret',
        secret: 'a secret of the test that is long enough to be one',
        authRequired: false,
        authorizationParams: { response_type: 'code', response_mode: 'query', scope: 'openid' },
      }),
    );
    app.get('/', (req, res) => {
      const data = req.session as { views?: number };
      data.views = (data.views ?? 0) + 1;
      res.json({ user: req.oidc.user?.['sub'], views: data.views });
    });
    const browser = client();
    expect(JSON.parse(await browser.get('/'))).toEqual({ views: 1 });
    expect((await signIn(browser, '/login')).status).toBe(302);
    expect(JSON.parse(await browser.get('/'))).toEqual({ user: 'ada', views: 2 });
  });
});
