import type { Duration, SessionStore, SessionsOptions } from '@coatcheck/core';
import type { ConnectRequest, Secret } from '../cookie/request-view.ts';
import { SessionCookie } from '../cookie/session-cookie.ts';
import type { JsonObject, StoredData } from '../data/json.ts';
import type { Migration } from '../migration/migration.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { check } from './check.ts';
import { attributesOf, type CookieOptions, checkCookie } from './cookie-options.ts';
import { checkSecrets } from './secrets.ts';
import { type UserFinder, userFinder } from './user-finder.ts';

/** The options that are handed to `createSessions` as they are. */
type CoreOptions = Pick<
  SessionsOptions<StoredData>,
  | 'renewAfter'
  | 'renewalGrace'
  | 'clientChecks'
  | 'onClientChange'
  | 'trustedOrigins'
  | 'perUser'
  | 'maxDataBytes'
  | 'onEvent'
  | 'warnOnConsole'
  | 'now'
  | 'randomBytes'
>;

/** Sets up `session()`: the options of express-session, and those of Coatcheck. */
export interface SessionOptions extends CoreOptions {
  /** Where sessions are kept: a store of Coatcheck. Default: in memory. */
  readonly store?: SessionStore | undefined;
  /** Signs the cookie with the first and accepts those signed with any. Default: `req.secret`, which cookie-parser sets. */
  readonly secret?: Secret | readonly Secret[] | undefined;
  /** The cookie's name. Default: `connect.sid`. */
  readonly name?: string | undefined;
  /** The earlier name of `name`. */
  readonly key?: string | undefined;
  /** The cookie's attributes, or a function of the request that returns them. */
  readonly cookie?: CookieOptions | ((req: ConnectRequest) => CookieOptions) | undefined;
  /** Whether to trust `X-Forwarded-Proto` and `X-Forwarded-Host`. Default: as "trust proxy" of Express says. */
  readonly proxy?: boolean | undefined;
  /** Extends the deadline at each request, whether or not anything changed. Default: true. It never overwrites another request's change. */
  readonly resave?: boolean | undefined;
  /** Sends the cookie with each response, so that its lifetime starts again. Default: false. */
  readonly rolling?: boolean | undefined;
  /** Stores a session that nothing was written to. Default: true. */
  readonly saveUninitialized?: boolean | undefined;
  /** What `req.session = null` does at the end of the request: `keep` (default) leaves the stored session as it is, `destroy` ends it. */
  readonly unset?: 'keep' | 'destroy' | undefined;
  /** Rejected: Coatcheck generates IDs and secrets itself. */
  readonly genid?: undefined;
  /** Finds the user in the data. A user who appears is signed in, and one who disappears is signed out. Default: `data.passport.user`. `false`: no user is signed in by the data. */
  readonly userId?: ((data: JsonObject) => string | number | null | undefined) | false | undefined;
  /** Paths of numbers, such as `stats.views`, whose concurrent changes are added up. Default: none. */
  readonly counters?: readonly string[] | undefined;
  /** Names the property of the request that holds the native session. Default: `coatcheck`. */
  readonly native?: string | undefined;
  /** Accepts old cookies once and moves their sessions here: what `expressSession({ secret, store })` returns. Default: none. */
  readonly migrateFrom?: Migration | undefined;
  /** Ends a session this long after its last use. Default: the cookie's `maxAge`, otherwise 1 day. */
  readonly idleTimeout?: Duration | false | undefined;
  /** Ends a session this long after it began or its user signed in. Default: 30 days, or the idle timeout if that is longer. */
  readonly absoluteTimeout?: Duration | false | undefined;
}

/** The options, checked and with every default filled in. */
export interface Settings {
  readonly name: string;
  readonly secrets: readonly Secret[];
  readonly proxy: boolean | undefined;
  readonly resave: boolean;
  readonly rolling: boolean;
  readonly saveUninitialized: boolean;
  readonly destroysUnset: boolean;
  readonly userOf: UserFinder;
  readonly counters: ReadonlySet<string>;
  readonly native: string;
  readonly migrateFrom: Migration | undefined;
  /** Reads the cookie's attributes for a request. */
  readonly cookieOf: (req: ConnectRequest) => CookieOptions;
  /** The cookie of a session that is read without a request. */
  readonly storedCookie: CookieOptions;
  readonly sessions: SessionsOptions<StoredData> & { readonly initial: () => StoredData };
}

const DAY = 24 * 60 * 60 * 1000;
const CORE_OPTIONS = [
  'renewAfter',
  'renewalGrace',
  'clientChecks',
  'onClientChange',
  'trustedOrigins',
  'perUser',
  'maxDataBytes',
  'onEvent',
  'warnOnConsole',
  'now',
  'randomBytes',
] as const;
const FLAGS = ['proxy', 'resave', 'rolling', 'saveUninitialized'] as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...CORE_OPTIONS,
  ...FLAGS,
  'store',
  'secret',
  'name',
  'key',
  'cookie',
  'unset',
  'genid',
  'userId',
  'counters',
  'native',
  'migrateFrom',
  'idleTimeout',
  'absoluteTimeout',
]);

/** Checks the options and fills in the defaults. */
export function checkOptions(options: SessionOptions): Settings {
  check(typeof options === 'object' && options !== null, 'session(options)', options, 'an object');
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key));
  check(unknown === undefined, 'session(options)', unknown, `an object of ${[...KNOWN].join(', ')}`);
  for (const flag of FLAGS) {
    const given = options[flag];
    check(given === undefined || typeof given === 'boolean', flag, given, 'true or false');
  }
  const { unset = 'keep', native = 'coatcheck', counters = [], cookie = {}, migrateFrom } = options;
  const name = options.name ?? options.key ?? 'connect.sid';
  check(
    options.genid === undefined,
    'genid',
    options.genid,
    'left out, since Coatcheck draws the ID and the secret of each session',
  );
  check(unset === 'keep' || unset === 'destroy', 'unset', unset, "'keep' or 'destroy'");
  check(typeof name === 'string' && COOKIE_NAME.test(name), 'name', name, 'the name of a cookie');
  check(
    typeof native === 'string' && native !== '',
    'native',
    native,
    'the name of a property of the request',
  );
  check(Array.isArray(counters), 'counters', counters, "a list of paths such as 'stats.views'");
  checkMigration(migrateFrom, name);
  if (typeof cookie !== 'function') checkCookie(cookie);
  return {
    name,
    secrets: checkSecrets(options.secret),
    proxy: options.proxy,
    resave: options.resave ?? true,
    rolling: options.rolling ?? false,
    saveUninitialized: options.saveUninitialized ?? true,
    destroysUnset: unset === 'destroy',
    userOf: userFinder(options.userId),
    counters: new Set(counters),
    native,
    migrateFrom,
    cookieOf: typeof cookie === 'function' ? (req) => checkCookie(cookie(req)) : () => cookie,
    storedCookie: typeof cookie === 'function' ? {} : cookie,
    sessions: sessionsOptions(options, cookie),
  };
}

function sessionsOptions(
  options: SessionOptions,
  cookie: NonNullable<SessionOptions['cookie']>,
): Settings['sessions'] {
  const store = options.store ?? new MemoryStore();
  const isCore = typeof store === 'object' && store !== null && 'read' in store && 'compareAndSet' in store;
  check(
    isCore,
    'store',
    store,
    "a store of Coatcheck, such as sqliteStore() from '@coatcheck/sqlite'; pass a store of express-session to migrateFrom: expressSession({ secret, store })",
  );
  const lifetime =
    typeof cookie === 'function' ? null : new SessionCookie(attributesOf(cookie, true)).originalMaxAge;
  const isLifetime = lifetime !== null && Number.isFinite(lifetime) && lifetime > 0;
  const idleTimeout = options.idleTimeout ?? (isLifetime ? lifetime : DAY);
  const longest = Math.max(30 * DAY, isLifetime ? lifetime : 0);
  const core: Record<string, unknown> = {};
  for (const option of CORE_OPTIONS) if (options[option] !== undefined) core[option] = options[option];
  return {
    ...core,
    store,
    initial: () => ({}),
    idleTimeout,
    absoluteTimeout: options.absoluteTimeout ?? (idleTimeout === false ? false : longest),
  };
}

const COOKIE_NAME = /^[\w!#$%&'*.^`|~+-]+$/;

function checkMigration(migration: Migration | undefined, name: string): void {
  if (migration === undefined) return;
  const isMigration = typeof migration === 'object' && migration !== null && 'idOf' in migration;
  check(isMigration, 'migrateFrom', migration, 'what expressSession({ secret, store }) returns');
  const isOverwritten = migration.keeps && (migration.name ?? name) === name;
  check(
    !isOverwritten,
    'name',
    name,
    'another name than the old cookie with keep: true, since one would overwrite the other',
  );
}
