import type { BuildSide } from './side.ts';

export type Framework = 'Express' | 'Koa' | 'Hono' | 'Fastify';

/** Describes a side without loading it. */
export interface SideEntry {
  readonly id: string;
  readonly framework: Framework;
  /** The packages whose versions the report names; none for the bare framework. */
  readonly packages: readonly string[];
  readonly title: string;
  /** Where sessions are kept; `none` is the framework alone, `least` a middleware that does what every library for sessions has to. */
  readonly store: 'none' | 'least' | 'memory' | 'cookie' | 'SQLite' | 'Redis' | 'PostgreSQL';
  /** How it is set up and who advises so. */
  readonly setUp: string;
  readonly load: () => Promise<BuildSide>;
}

const OURS = 'As its README: defaults only.';
const DROP_IN =
  'The options and the handlers of express-session, and a userId that finds the user in the data.';
const LEAST = 'no session, only a look at the cookie and `Vary`';
const LEAST_SET_UP =
  'A middleware that reads the Cookie header and sets Vary: the least that any library for sessions does.';

export const SIDES: readonly SideEntry[] = [
  {
    id: 'express',
    framework: 'Express',
    packages: ['express'],
    title: 'Express alone',
    store: 'none',
    setUp: 'NODE_ENV is production; "trust proxy" is 1.',
    load: async () => {
      const [{ expressSide }, { nothing }] = [
        await import('./sides/express.ts'),
        await import('./sides/bare.ts'),
      ];
      return () => expressSide(nothing);
    },
  },
  {
    id: 'express/least',
    framework: 'Express',
    packages: ['express'],
    title: LEAST,
    store: 'least',
    setUp: LEAST_SET_UP,
    load: async () => {
      const [{ expressSide }, { nothing }, { onExpress }] = [
        await import('./sides/express.ts'),
        await import('./sides/bare.ts'),
        await import('./sides/least.ts'),
      ];
      return () => expressSide(nothing, onExpress);
    },
  },
  {
    id: 'express/coatcheck',
    framework: 'Express',
    packages: ['@coatcheck/express'],
    title: 'Coatcheck',
    store: 'memory',
    setUp: OURS,
    load: async () => (await import('./sides/coatcheck-express.ts')).withMemory,
  },
  {
    id: 'express/coatcheck-secrets',
    framework: 'Express',
    packages: ['@coatcheck/express'],
    title: 'Coatcheck with `secrets`',
    store: 'memory',
    setUp: 'As its README says for signed tokens: one secret, otherwise defaults.',
    load: async () => (await import('./sides/coatcheck-express.ts')).withSecrets,
  },
  {
    id: 'express/express-session',
    framework: 'Express',
    packages: ['express-session'],
    title: 'express-session',
    store: 'memory',
    setUp:
      'Its README: resave and saveUninitialized false, a secure cookie behind a trusted proxy, a maxAge; its MemoryStore, which is not meant for production. Sign-in as its example of a login: regenerate, then save.',
    load: async () => (await import('./sides/express-session.ts')).withMemory,
  },
  {
    id: 'express/drop-in',
    framework: 'Express',
    packages: ['@coatcheck/express-session'],
    title: '@coatcheck/express-session',
    store: 'memory',
    setUp: DROP_IN,
    load: async () => (await import('./sides/coatcheck-express-session.ts')).withMemory,
  },
  {
    id: 'express/iron-session',
    framework: 'Express',
    packages: ['iron-session'],
    title: 'iron-session',
    store: 'cookie',
    setUp: 'Its README: a long password, a secure cookie, a ttl. It keeps the data encrypted in the cookie.',
    load: async () => (await import('./sides/iron-session.ts')).build,
  },
  {
    id: 'express/coatcheck-sqlite',
    framework: 'Express',
    packages: ['@coatcheck/express', '@coatcheck/sqlite'],
    title: 'Coatcheck',
    store: 'SQLite',
    setUp: `${OURS} node:sqlite opens the file.`,
    load: async () => (await import('./sides/coatcheck-express.ts')).withSqlite,
  },
  {
    id: 'express/better-sqlite3-session-store',
    framework: 'Express',
    packages: ['express-session', 'better-sqlite3-session-store', 'better-sqlite3'],
    title: 'express-session, better-sqlite3-session-store',
    store: 'SQLite',
    setUp:
      'Its README, with the write-ahead log that the README of better-sqlite3 advises; express-session as above.',
    load: async () => (await import('./sides/express-session.ts')).withSqlite,
  },
  {
    id: 'express/drop-in-sqlite',
    framework: 'Express',
    packages: ['@coatcheck/express-session', '@coatcheck/sqlite'],
    title: '@coatcheck/express-session',
    store: 'SQLite',
    setUp: `${DROP_IN} node:sqlite opens the file.`,
    load: async () => (await import('./sides/coatcheck-express-session.ts')).withSqlite,
  },
  {
    id: 'express/coatcheck-redis',
    framework: 'Express',
    packages: ['@coatcheck/express', '@coatcheck/redis', 'redis'],
    title: 'Coatcheck',
    store: 'Redis',
    setUp: `${OURS} node-redis as the client.`,
    load: async () => (await import('./sides/coatcheck-express.ts')).withRedis,
  },
  {
    id: 'express/connect-redis',
    framework: 'Express',
    packages: ['express-session', 'connect-redis', 'redis'],
    title: 'express-session, connect-redis',
    store: 'Redis',
    setUp:
      'Its README: a prefix, resave and saveUninitialized false; node-redis as the client; express-session as above.',
    load: async () => (await import('./sides/express-session.ts')).withRedis,
  },
  {
    id: 'express/connect-redis-saved',
    framework: 'Express',
    packages: ['express-session', 'connect-redis', 'redis'],
    title: 'express-session, connect-redis, saved before the response',
    store: 'Redis',
    setUp:
      'As above, and each write is saved before the handler responds, as its README advises for redirects. Otherwise it begins the response while it saves.',
    load: async () => (await import('./sides/express-session.ts')).withRedisSaved,
  },
  {
    id: 'express/drop-in-redis',
    framework: 'Express',
    packages: ['@coatcheck/express-session', '@coatcheck/redis', 'redis'],
    title: '@coatcheck/express-session',
    store: 'Redis',
    setUp: `${DROP_IN} node-redis as the client.`,
    load: async () => (await import('./sides/coatcheck-express-session.ts')).withRedis,
  },
  {
    id: 'express/coatcheck-postgres',
    framework: 'Express',
    packages: ['@coatcheck/express', '@coatcheck/postgres', 'pg'],
    title: 'Coatcheck',
    store: 'PostgreSQL',
    setUp: `${OURS} A Pool of pg as the client.`,
    load: async () => (await import('./sides/coatcheck-express.ts')).withPostgres,
  },
  {
    id: 'express/connect-pg-simple',
    framework: 'Express',
    packages: ['express-session', 'connect-pg-simple', 'pg'],
    title: 'express-session, connect-pg-simple',
    store: 'PostgreSQL',
    setUp: 'Its README: a Pool of pg, createTableIfMissing; express-session as above.',
    load: async () => (await import('./sides/express-session.ts')).withPostgres,
  },
  {
    id: 'koa',
    framework: 'Koa',
    packages: ['koa'],
    title: 'Koa alone',
    store: 'none',
    setUp: 'NODE_ENV is production; proxy is true.',
    load: async () => {
      const [{ koaSide }, { nothing }] = [await import('./sides/koa.ts'), await import('./sides/bare.ts')];
      return () => koaSide(nothing);
    },
  },
  {
    id: 'koa/least',
    framework: 'Koa',
    packages: ['koa'],
    title: LEAST,
    store: 'least',
    setUp: LEAST_SET_UP,
    load: async () => {
      const [{ koaSide }, { nothing }, { onKoa }] = [
        await import('./sides/koa.ts'),
        await import('./sides/bare.ts'),
        await import('./sides/least.ts'),
      ];
      return () => koaSide(nothing, () => onKoa);
    },
  },
  {
    id: 'koa/coatcheck',
    framework: 'Koa',
    packages: ['@coatcheck/koa'],
    title: 'Coatcheck',
    store: 'memory',
    setUp: OURS,
    load: async () => (await import('./sides/coatcheck-koa.ts')).withMemory,
  },
  {
    id: 'koa/koa-session',
    framework: 'Koa',
    packages: ['koa-session'],
    title: 'koa-session',
    store: 'memory',
    setUp: 'Its README: signed keys, a secure cookie, a maxAge, an external store: a map of JSON strings.',
    load: async () => (await import('./sides/koa-session.ts')).build,
  },
  {
    id: 'hono',
    framework: 'Hono',
    packages: ['hono'],
    title: 'Hono alone',
    store: 'none',
    setUp: 'NODE_ENV is production; over HTTP by @hono/node-server.',
    load: async () => {
      const [{ honoSide }, { nothing }] = [await import('./sides/hono.ts'), await import('./sides/bare.ts')];
      return () => honoSide(nothing);
    },
  },
  {
    id: 'hono/least',
    framework: 'Hono',
    packages: ['hono'],
    title: LEAST,
    store: 'least',
    setUp: LEAST_SET_UP,
    load: async () => {
      const [{ honoSide }, { nothing }, { onHono }] = [
        await import('./sides/hono.ts'),
        await import('./sides/bare.ts'),
        await import('./sides/least.ts'),
      ];
      return () => honoSide(nothing, onHono);
    },
  },
  {
    id: 'hono/coatcheck',
    framework: 'Hono',
    packages: ['@coatcheck/hono'],
    title: 'Coatcheck',
    store: 'memory',
    setUp: OURS,
    load: async () => (await import('./sides/coatcheck-hono.ts')).withMemory,
  },
  {
    id: 'hono/hono-sessions',
    framework: 'Hono',
    packages: ['hono-sessions'],
    title: 'hono-sessions',
    store: 'memory',
    setUp:
      'Its README, without the encryption of the cookie that it recommends: its MemoryStore, expiry, SameSite, path, httpOnly, secure.',
    load: async () => (await import('./sides/hono-sessions.ts')).withoutEncryption,
  },
  {
    id: 'hono/hono-sessions-encrypted',
    framework: 'Hono',
    packages: ['hono-sessions'],
    title: 'hono-sessions with `encryptionKey`',
    store: 'memory',
    setUp: 'As above with the encryption that its README recommends.',
    load: async () => (await import('./sides/hono-sessions.ts')).withEncryption,
  },
  {
    id: 'hono/session-cookie',
    framework: 'Hono',
    packages: ['@hono/session'],
    title: '@hono/session',
    store: 'cookie',
    setUp:
      'Its README: a secret, an absolute and an inactivity duration. It keeps the data encrypted in the cookie.',
    load: async () => (await import('./sides/hono-session.ts')).withCookie,
  },
  {
    id: 'hono/session-storage',
    framework: 'Hono',
    packages: ['@hono/session'],
    title: '@hono/session with storage',
    store: 'memory',
    setUp: 'As above with its session storage: a map of JSON strings.',
    load: async () => (await import('./sides/hono-session.ts')).withStorage,
  },
  {
    id: 'fastify',
    framework: 'Fastify',
    packages: ['fastify'],
    title: 'Fastify alone',
    store: 'none',
    setUp: 'NODE_ENV is production; trustProxy is true.',
    load: async () => {
      const [{ fastifySide }, { nothing }] = [
        await import('./sides/fastify.ts'),
        await import('./sides/bare.ts'),
      ];
      return () => fastifySide(nothing);
    },
  },
  {
    id: 'fastify/least',
    framework: 'Fastify',
    packages: ['fastify'],
    title: LEAST,
    store: 'least',
    setUp: LEAST_SET_UP,
    load: async () => {
      const [{ fastifySide }, { nothing }, { onFastify }] = [
        await import('./sides/fastify.ts'),
        await import('./sides/bare.ts'),
        await import('./sides/least.ts'),
      ];
      return () => fastifySide(nothing, onFastify);
    },
  },
  {
    id: 'fastify/coatcheck',
    framework: 'Fastify',
    packages: ['@coatcheck/fastify'],
    title: 'Coatcheck',
    store: 'memory',
    setUp: OURS,
    load: async () => (await import('./sides/coatcheck-fastify.ts')).withMemory,
  },
  {
    id: 'fastify/session',
    framework: 'Fastify',
    packages: ['@fastify/session', '@fastify/cookie'],
    title: '@fastify/session',
    store: 'memory',
    setUp:
      'Its README: a long secret, a secure cookie behind a trusted proxy, saveUninitialized false, a maxAge; its MemoryStore, which is not meant for production.',
    load: async () => (await import('./sides/fastify-session.ts')).build,
  },
];
