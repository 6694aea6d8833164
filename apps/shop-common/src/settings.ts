import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ms from 'ms';

/** What the environment variables set. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  /** The directory of the database. */
  readonly dataDir: string;
  readonly clientCheck: 'off' | 'report' | 'refuse';
  readonly transport: 'cookie' | 'query';
  /** A plain cookie, for Safari on http://localhost. */
  readonly plainCookie: boolean;
  /** In milliseconds. */
  readonly idleTimeout: number;
  /** In milliseconds. */
  readonly absoluteTimeout: number;
  /** Whether the pages show what the server holds. */
  readonly strip: boolean;
  /** The addresses of a Redis server, or of several nodes of a cluster. */
  readonly redisUrls: readonly string[];
  /** For tests only: where the process ends itself as if by a power cut. */
  readonly failpoint: 'after-finish' | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LONGEST = ms('365d');

/** Reads the settings. Throws for a value that means nothing, with the variable's name and what would be right. */
export function readSettings(env: Environment): Settings {
  const absoluteTimeout = readDuration(env, 'ABSOLUTE_TIMEOUT', ms('12h'));
  return {
    port: readPort(env),
    dataDir: readDirectory(env),
    clientCheck: readChoice(env, 'CLIENT_CHECK', ['off', 'report', 'refuse']),
    transport: readChoice(env, 'TRANSPORT', ['cookie', 'query']),
    plainCookie: readChoice(env, 'COOKIE', ['host', 'development']) === 'development',
    idleTimeout: readDuration(env, 'IDLE_TIMEOUT', Math.min(ms('30m'), absoluteTimeout)),
    absoluteTimeout,
    strip: readChoice(env, 'STRIP', ['on', 'off']) === 'on',
    redisUrls: (env['REDIS_URL'] ?? '')
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== ''),
    failpoint: readFailpoint(env),
  };
}

function readPort(env: Environment): number {
  const given = env['PORT'] ?? '';
  if (given === '') return 3000;
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (port <= 65535) return port;
  throw mistake('PORT', given, 'a port number such as 3000');
}

function readDirectory(env: Environment): string {
  const given = env['DATA_DIR'] ?? '';
  if (given === '') return resolve(ROOT, '.data');
  return isAbsolute(given) ? given : resolve(given);
}

/** Reads one of several words; the first is meant where none is given. */
function readChoice<const Word extends string>(
  env: Environment,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const given = env[name] ?? '';
  if (given === '') return words[0];
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw mistake(name, given, `one of ${words.join(', ')}`);
}

function readDuration(env: Environment, name: string, otherwise: number): number {
  const given = env[name] ?? '';
  if (given === '') return otherwise;
  // The pattern is what the `ms` package reads, but for its negative numbers.
  const isDuration = (text: string): text is ms.StringValue => /^\d+(\.\d+)? ?[a-z]{0,12}$/i.test(text);
  const length = isDuration(given) ? ms(given) : Number.NaN;
  if (length >= 1000 && length <= LONGEST) return length;
  throw mistake(name, given, 'a duration from 1s to 365d, such as 20s or 30m');
}

function readFailpoint(env: Environment): Settings['failpoint'] {
  const given = env['SHOP_FAILPOINT'] ?? '';
  if (given === '') return undefined;
  if (env['NODE_ENV'] === 'production')
    throw mistake('SHOP_FAILPOINT', given, 'left out where NODE_ENV is production');
  if (given === 'after-finish') return given;
  throw mistake('SHOP_FAILPOINT', given, 'after-finish, in a test, or left out');
}

function mistake(name: string, given: string, right: string): Error {
  return new Error(`${name} must be ${right}; given was "${given}".`);
}
