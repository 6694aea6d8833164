import type { SessionEvent } from '@coatcheck/core';
import express from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SessionOptions } from '../../src/index.ts';
import { makeSession, serve } from '../support/serve.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A shop, and a client that drops the first cookie and comes back two seconds later from a page of the shop. */
async function drop(options: SessionOptions = {}) {
  const heard: SessionEvent[] = [];
  let now = Date.now();
  const app = express();
  app.use(makeSession({ ...options, now: () => now, onEvent: (event) => heard.push(event) }));
  app.post('/', (req, res) => {
    Object.assign(req.session, { cart: ['coat'] });
    res.end();
  });
  app.get('/', (_req, res) => res.end());
  const { url, client } = await serve(app);
  const headers = { referer: `${url}/`, 'user-agent': 'Mozilla/5.0 Firefox/145.0' };
  const first = client();
  await first.send('POST', '/', { headers });
  now += 2_000;
  await client().send('GET', '/', { headers });
  const warnings = heard.flatMap((event) => (event.type === 'warning' ? [[event.code, event.message]] : []));
  return { warnings, token: [...first.cookies.values()][0] ?? '' };
}

describe('cookie-not-returned', () => {
  it('names the attribute for which browsers drop the cookie, in words that fit this package', async () => {
    const { warnings, token } = await drop({ warnOnConsole: false });
    expect(warnings).toEqual([['cookie-not-returned', expect.stringContaining('drops Secure cookies')]]);
    expect(warnings[0]?.[1]).not.toContain('cookie({');
    expect(token).not.toBe('');
    expect(warnings[0]?.[1]).not.toContain(token);
  });

  it.for<[string, SessionOptions['cookie'], string]>([
    ['Secure, which was left out,', { secure: 'auto' }, 'the browser may block cookies'],
    ['the domain', { secure: 'auto', domain: 'shop.example' }, 'the cookie is for shop.example'],
    ['attributes by request', () => ({ secure: 'auto', domain: 'a.example' }), 'the cookie is for a.example'],
  ])('reads %s of the cookie that was sent', async ([, cookie, reason]) => {
    const { warnings } = await drop({ warnOnConsole: false, ...(cookie && { cookie }) });
    expect(warnings).toEqual([['cookie-not-returned', expect.stringContaining(reason)]]);
  });
});

describe('warnOnConsole', () => {
  it('prints the first warning of a code, or nothing', async () => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await drop({ warnOnConsole: false });
    expect(log).not.toHaveBeenCalled();
    await drop({ warnOnConsole: true });
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^coatcheck: A client was sent/)]]);
  });

  it('that is no boolean is ERR_CONFIG', () => {
    expect(() => makeSession(JSON.parse('{"warnOnConsole":1}'))).toThrow('warnOnConsole');
  });
});
