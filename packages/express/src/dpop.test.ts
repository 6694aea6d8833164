import { createServer } from 'node:http';
import { listen } from '@coatcheck/adapter-contract';
import { dpop } from '@coatcheck/core/dpop';
import express, { type NextFunction, type Request, type Response } from 'express';
import {
  allowInsecureRequests,
  DPoP,
  generateKeyPair,
  isDPoPNonceError,
  protectedResourceRequest,
} from 'oauth4webapi';
import { expect, it } from 'vitest';
import { createSessions, memoryStore, SessionError, session } from './index.ts';

/** A clock that the test moves. */
let ahead = 0;
const sessions = createSessions<{ cart: string[] }>({
  store: memoryStore(),
  initial: () => ({ cart: [] }),
  transports: [dpop({ nonceKey: 'k'.repeat(32) })],
  now: () => Date.now() + ahead,
});

function app(): express.Express {
  const api = express();
  api.use(session(sessions));
  api.post('/sign-in', async (req, res) => {
    await req.session.signIn('ada');
    res.json({ token: req.session.revealToken() });
  });
  api.get('/me', (req, res) => {
    const { userId } = req.session;
    // A response that says more about the proof replaces this.
    if (userId === undefined) res.set('WWW-Authenticate', 'DPoP');
    res.status(userId === undefined ? 401 : 200).json({ userId });
  });
  api.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (error instanceof SessionError) res.status(error.status).json({ code: error.code });
    else next(error);
  });
  return api;
}

/** Makes a client of oauth4webapi with a key of its own. It signs each request, and sends it again if the server wants a nonce. */
async function makeClient(url: string, algorithm: 'ES256' | 'RS256') {
  const keys = await generateKeyPair(algorithm);
  const how = { DPoP: DPoP({}, keys), [allowInsecureRequests]: true };
  let retries = 0;
  const send = async (method: string, path: string, token: string) => {
    const attempt = () => protectedResourceRequest(token, method, new URL(path, url), undefined, null, how);
    try {
      return await attempt();
    } catch (error) {
      if (!isDPoPNonceError(error)) throw error;
      retries += 1;
      return attempt();
    }
  };
  return { send, retries: () => retries };
}

it.for(['ES256', 'RS256'] as const)(
  'serves a client of oauth4webapi, nonces included: %s',
  async (algorithm) => {
    const { url, close } = await listen(createServer(app()));
    try {
      const client = await makeClient(url, algorithm);
      // It sends a token always; one that opens nothing begins no session of its own.
      const response = await client.send('POST', '/sign-in', 'none');
      expect(response.status).toBe(200);
      const { token } = Object(await response.json());

      for (let i = 0; i < 3; i += 1) {
        const me = await client.send('GET', '/me?page=2', token);
        expect(await me.json()).toEqual({ userId: 'ada' });
        expect(me.headers.get('vary')).toBe('DPoP');
      }
      expect(client.retries()).toBe(1);
      ahead += 5_000;
      const thief = await makeClient(url, algorithm);
      await expect(thief.send('GET', '/me', token)).rejects.toMatchObject({ status: 401 });
      expect(thief.retries()).toBe(1);
      const plain = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } });
      expect(plain.status).toBe(401);
      expect((await client.send('GET', '/me', token)).status).toBe(200);
    } finally {
      await close();
    }
  },
);
