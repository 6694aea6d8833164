import { expect, it } from 'vitest';
import { linkedToken, readBrowser } from './browser-facts.ts';
import { readSettings } from './settings.ts';

const TOKEN = `${'i'.repeat(22)}${'s'.repeat(43)}`;
const COOKIE = readSettings({});
const LINKS = readSettings({ TRANSPORT: 'query' });

it('shows the cookie that the library sets, and the ID of the token that came back', () => {
  const carrier = { url: '/', cookie: `other=1; __Host-session=${TOKEN}` };
  expect(readBrowser(carrier, COOKIE, undefined)).toEqual({
    name: '__Host-session',
    attributes: ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax'],
    sent: { sessionId: 'i'.repeat(22), length: 65 },
  });
  expect(readBrowser(carrier, COOKIE, 60_000).attributes).toContain('Max-Age=60');
  const plain = readBrowser(
    { url: '/', cookie: undefined },
    readSettings({ COOKIE: 'development' }),
    undefined,
  );
  expect(plain).toMatchObject({ name: 'session', sent: undefined });
  expect(plain.attributes).not.toContain('Secure');
});

it('shows no part of a value that is not a token', () => {
  const carrier = { url: '/', cookie: '__Host-session=hunter2' };
  expect(readBrowser(carrier, COOKIE, undefined).sent).toEqual({ sessionId: undefined, length: 7 });
});

it('finds a token in a link only if links carry it', () => {
  const carrier = { url: `/help?session=${TOKEN}`, cookie: undefined };
  expect(linkedToken(carrier, LINKS)).toBe(TOKEN);
  expect(readBrowser(carrier, LINKS, undefined)).toMatchObject({ name: 'session', sent: { length: 65 } });
  expect(linkedToken(carrier, COOKIE)).toBeUndefined();
  expect(linkedToken({ ...carrier, url: '/help?session="><script>' }, LINKS)).toBeUndefined();
});
