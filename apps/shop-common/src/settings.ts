import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ms from 'ms';

/** The settings from the environment variables. */
export interface Settings {
  /** 0 means any free port. */
  readonly port: number;
  /** The directory of the database. */
  readonly dataDir: string;
  readonly clientCheck: 'off' | 'report' | 'refuse';
  readonly transport: 'cookie' | 'query';
  /** Whether the cookie lacks `Secure`, for Safari on http://localhost. */
  readonly plainCookie: boolean;
  /** In milliseconds. */
  readonly idleTimeout: number;
  /** In milliseconds. */
  readonly absoluteTimeout: number;
  /** Whether the pages show what the server knows of the session. */
  readonly strip: boolean;
  /** The URL of a Redis server, or the URLs of several nodes of a cluster. */
  readonly redisUrls: readonly string[];
  /** Whether the lab is open: neither in production nor without cookies. */
  readonly lab: boolean;
  /** For tests only: the place at which the process kills itself. */
  readonly failpoint: 'after-finish' | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAX_DURATION = ms('365d');

/** Reads the settings. Throws for an invalid value, naming the variable and what is valid. */
export function readSettings(env: Environment): Settings {
  const absoluteTimeout = readDuration(env, 'ABSOLUTE_TIMEOUT', ms('12h'));
  const transport = readChoice(env, 'TRANSPORT', ['cookie', 'query']);
  return {
    port: readPort(env),
    dataDir: readDirectory(env),
    clientCheck: readChoice(env, 'CLIENT_CHECK', ['off', 'report', 'refuse']),
    transport,
    plainCookie: readChoice(env, 'COOKIE', ['host', 'development']) === 'development',
    idleTimeout: readDuration(env, 'IDLE_TIMEOUT', Math.min(ms('30m'), absoluteTimeout)),
    absoluteTimeout,
    strip: readChoice(env, 'STRIP', ['on', 'off']) === 'on',
    redisUrls: (env['REDIS_URL'] ?? '')
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== ''),
    lab: env['NODE_ENV'] !== 'production' && transport === 'cookie',
    failpoint: readFailpoint(env),
  };
}

function readPort(env: Environment): number {
  const received = env['PORT'] ?? '';
  if (received === '') return 3000;
  const port = /^\d{1,5}$/.test(received) ? Number(received) : Number.NaN;
  if (port <= 65535) return port;
  throw configError('PORT', received, 'a port number such as 3000');
}

function readDirectory(env: Environment): string {
  const received = env['DATA_DIR'] ?? '';
  if (received === '') return resolve(ROOT, '.data');
  return isAbsolute(received) ? received : resolve(received);
}

/** Reads one of several words; the first is the default. */
function readChoice<const Word extends string>(
  env: Environment,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const received = env[name] ?? '';
  if (received === '') return words[0];
  const found = words.find((word) => word === received);
  if (found !== undefined) return found;
  throw configError(name, received, `one of ${words.join(', ')}`);
}

function readDuration(env: Environment, name: string, otherwise: number): number {
  const received = env[name] ?? '';
  if (received === '') return otherwise;
  // The pattern is that of the `ms` package without negative numbers.
  const isDuration = (value: string): value is ms.StringValue => /^\d+(\.\d+)? ?[a-z]{0,12}$/i.test(value);
  const length = isDuration(received) ? ms(received) : Number.NaN;
  if (length >= 1000 && length <= MAX_DURATION) return length;
  throw configError(name, received, 'a duration from 1s to 365d, such as 20s or 30m');
}

function readFailpoint(env: Environment): Settings['failpoint'] {
  const received = env['SHOP_FAILPOINT'] ?? '';
  if (received === '') return undefined;
  if (env['NODE_ENV'] === 'production')
    throw configError('SHOP_FAILPOINT', received, 'left out if NODE_ENV is production');
  if (received === 'after-finish') return received;
  throw configError('SHOP_FAILPOINT', received, 'after-finish (in a test) or left out');
}

function configError(name: string, received: string, expected: string): Error {
  return new Error(`${name} must be ${expected}; received '${received}'.`);
}
