import type { RequestHandler } from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { describe, expect, it } from 'vitest';
import type { SessionMiddleware } from '../../src/middleware.ts';
import { COMBINATIONS, type Combination } from '../support/combinations.ts';
import { type Client, makeSession, serve } from '../support/serve.ts';

/** An app after passport's todos example: local sign-in with messages, sign-out, and a page for users. */
async function todos(
  { makeApp, makeStore }: Combination,
  keepSessionInfo = false,
): Promise<{ client(): Client; middleware: SessionMiddleware }> {
  const passport = new Passport();
  passport.use(
    new Strategy((username, password, done) => {
      if (password === 'secret') done(null, { id: username });
      else done(null, false, { message: 'Incorrect username or password.' });
    }),
  );
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user: Express.User, done) => done(null, user));
  const app = makeApp();
  const middleware = makeSession({ store: makeStore() });
  app.use(makeApp.urlencoded({ extended: false }));
  app.use(middleware);
  const authenticate: RequestHandler = passport.authenticate('session');
  app.use(authenticate);
  app.get('/cart', (req, res) => {
    Object.assign(req.session, { cart: ['coat'] });
    res.json(req.sessionID);
  });
  app.get('/login', (req, res) => {
    const { messages = [] } = req.session as { messages?: string[] };
    Object.assign(req.session, { messages: [] });
    res.json(messages);
  });
  app.post(
    '/login/password',
    passport.authenticate('local', {
      successRedirect: '/',
      failureRedirect: '/login',
      failureMessage: true,
      keepSessionInfo,
    }),
  );
  app.post('/logout', (req, res, next) => {
    req.logout((error) => {
      if (error) next(error);
      else res.redirect('/');
    });
  });
  app.get('/', (req, res) => {
    const { cart } = req.session as { cart?: string[] };
    res.json({ user: req.user, native: req.coatcheck.userId, cart });
  });
  return { client: (await serve(app)).client, middleware };
}

const CREDENTIALS = { username: 'ada', password: 'secret' };

describe.each(COMBINATIONS)('passport on $name', (combination) => {
  it('signs in, shows the user, and signs out', async () => {
    const { client, middleware } = await todos(combination);
    const browser = client();
    expect(await browser.post('/login/password', CREDENTIALS)).toMatchObject({ status: 302, location: '/' });
    expect(JSON.parse(await browser.get('/'))).toMatchObject({ user: { id: 'ada' }, native: 'ada' });
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    expect(await browser.post('/logout')).toMatchObject({ status: 302 });
    expect(JSON.parse(await browser.get('/'))).toEqual({});
    expect(await middleware.sessions.list('ada')).toEqual([]);
    // What passport leaves behind grants no session.
    expect(browser.cookies.size).toBe(0);
  });

  it('shows each message of a failed sign-in once', async () => {
    const browser = (await todos(combination)).client();
    expect(await browser.post('/login/password', { ...CREDENTIALS, password: 'x' })).toMatchObject({
      location: '/login',
    });
    expect(JSON.parse(await browser.get('/login'))).toEqual(['Incorrect username or password.']);
    expect(JSON.parse(await browser.get('/login'))).toEqual([]);
  });

  it('leaves the token dead that was planted before the sign-in', async () => {
    const { client } = await todos(combination);
    const attacker = client();
    await attacker.get('/cart');
    const victim = attacker.copy();
    await victim.post('/login/password', CREDENTIALS);
    expect(JSON.parse(await victim.get('/'))).toMatchObject({ native: 'ada' });
    expect(JSON.parse(await attacker.get('/'))).toEqual({});
  });

  it('leaves one session after 20 clicks on sign-in at once, and each response opens it', async () => {
    const { client, middleware } = await todos(combination);
    const browser = client();
    await browser.get('/cart');
    const clicks = Array.from({ length: 20 }, () => browser.copy());
    const responses = await Promise.all(clicks.map((click) => click.post('/login/password', CREDENTIALS)));
    expect(responses.every(({ location }) => location === '/')).toBe(true);
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    const seen = await Promise.all(clicks.map((click) => click.get('/')));
    expect(seen.every((text) => JSON.parse(text).native === 'ada')).toBe(true);
  });

  it('carries the data over once, however many clicks sign in at once', async () => {
    const { client } = await todos(combination, true);
    const browser = client();
    await browser.get('/cart');
    const clicks = Array.from({ length: 5 }, () => browser.copy());
    await Promise.all(clicks.map((click) => click.post('/login/password', CREDENTIALS)));
    const late = browser.copy();
    await late.post('/login/password', CREDENTIALS);
    expect(JSON.parse(await late.get('/'))).toMatchObject({ native: 'ada', cart: ['coat'] });
  });

  it('lets a click that arrives after the first response share its session', async () => {
    const { client, middleware } = await todos(combination);
    const browser = client();
    await browser.get('/cart');
    const late = browser.copy();
    await browser.post('/login/password', CREDENTIALS);
    await late.post('/login/password', CREDENTIALS);
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
    expect(JSON.parse(await late.get('/'))).toMatchObject({ native: 'ada' });
    expect(JSON.parse(await browser.get('/'))).toMatchObject({ native: 'ada' });
  });

  it('keeps a concurrent sign-in as another user separate', async () => {
    const { client, middleware } = await todos(combination);
    const browser = client();
    await browser.get('/cart');
    const other = browser.copy();
    await browser.post('/login/password', CREDENTIALS);
    await other.post('/login/password', { ...CREDENTIALS, username: 'mallory' });
    expect(JSON.parse(await other.get('/'))).toMatchObject({ native: 'mallory' });
    expect(await middleware.sessions.list('ada')).toHaveLength(1);
  });

  it('gives two devices a session each if their cookies have a wrong signature', async () => {
    const { client, middleware } = await todos(combination);
    const devices = [client(), client()];
    for (const [i, device] of devices.entries()) {
      device.cookies.set('connect.sid', `s%3Adevice${i}.signature`);
      await device.post('/login/password', CREDENTIALS);
    }
    expect(await middleware.sessions.list('ada')).toHaveLength(2);
    const [phone, laptop] = devices;
    await phone?.post('/logout');
    expect(JSON.parse((await laptop?.get('/')) ?? '')).toMatchObject({ native: 'ada' });
  });

  it('keeps the data with keepSessionInfo, and drops it without', async () => {
    for (const keeps of [true, false]) {
      const browser = (await todos(combination, keeps)).client();
      await browser.get('/cart');
      await browser.post('/login/password', CREDENTIALS);
      expect(JSON.parse(await browser.get('/')).cart).toEqual(keeps ? ['coat'] : undefined);
    }
  });

  it('signs a user out everywhere', async () => {
    const { client, middleware } = await todos(combination);
    const browser = client();
    await browser.post('/login/password', CREDENTIALS);
    expect(await middleware.sessions.revokeUser('ada')).toBe(1);
    expect(JSON.parse(await browser.get('/'))).toEqual({});
  });
});
