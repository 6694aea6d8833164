import { expect, it } from 'vitest';
import { readSettings } from './settings.ts';

it('has a default for every variable', () => {
  expect(readSettings({})).toMatchObject({
    port: 3000,
    clientCheck: 'off',
    transport: 'cookie',
    plainCookie: false,
    idleTimeout: 30 * 60_000,
    absoluteTimeout: 12 * 60 * 60_000,
    strip: true,
    redisUrls: [],
    lab: true,
    failpoint: undefined,
  });
  expect(readSettings({}).dataDir).toMatch(/[\\/]\.data$/);
});

it('reads durations, choices and lists', () => {
  const settings = readSettings({
    PORT: '0',
    IDLE_TIMEOUT: '20s',
    ABSOLUTE_TIMEOUT: '2 hours',
    CLIENT_CHECK: 'refuse',
    STRIP: 'off',
    REDIS_URL: 'redis://a:1, redis://b:2',
  });
  expect(settings).toMatchObject({
    port: 0,
    idleTimeout: 20_000,
    absoluteTimeout: 2 * 60 * 60_000,
    clientCheck: 'refuse',
    strip: false,
    redisUrls: ['redis://a:1', 'redis://b:2'],
  });
});

it('limits the default idle timeout to a shorter absolute timeout', () => {
  expect(readSettings({ ABSOLUTE_TIMEOUT: '1m' }).idleTimeout).toBe(60_000);
});

it.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['CLIENT_CHECK', 'yes'],
  ['TRANSPORT', 'header'],
  ['COOKIE', 'plain'],
  ['STRIP', 'no'],
  ['IDLE_TIMEOUT', 'soon'],
  ['IDLE_TIMEOUT', '10'],
  ['ABSOLUTE_TIMEOUT', '-5m'],
  ['SHOP_FAILPOINT', 'anywhere'],
])('rejects %s=%s and says what is valid', (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(
    new RegExp(`^${name} must be .+; received '${value}'\\.$`),
  );
});

it('closes the lab in production, and where links carry the token', () => {
  expect(readSettings({ NODE_ENV: 'production' }).lab).toBe(false);
  expect(readSettings({ TRANSPORT: 'query' }).lab).toBe(false);
});

it('has no failpoint in production', () => {
  const env = { SHOP_FAILPOINT: 'after-finish', NODE_ENV: 'production' };
  expect(() => readSettings(env)).toThrow('SHOP_FAILPOINT must be left out if NODE_ENV is production');
});
