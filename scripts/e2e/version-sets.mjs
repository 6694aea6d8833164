// The versions of frameworks and clients that an app may have beside the packages: one project for each set.

const shared = { typescript: '6.0.3', '@types/node': '24.19.2' };

/**
 * `current` follows the newest release of each major that is supported, `previous` the last of the major before, `oldest` the
 * first that is supported. Where there is one major only, `previous` has it too.
 *
 * @type {Readonly<Record<string, Readonly<Record<string, string>>>>}
 */
export const versionSets = {
  current: {
    ...shared,
    express: '5',
    '@types/express': '5',
    koa: '3',
    '@types/koa': '3',
    hono: '4',
    '@hono/node-server': '2',
    'better-sqlite3': '13',
    '@types/better-sqlite3': 'latest',
    redis: '6',
    ioredis: '6',
  },
  previous: {
    ...shared,
    express: '4',
    '@types/express': '4',
    koa: '2',
    '@types/koa': '2',
    hono: '4',
    '@hono/node-server': '1',
    'better-sqlite3': '12',
    '@types/better-sqlite3': '7',
    redis: '5',
    ioredis: '5',
  },
  oldest: {
    ...shared,
    express: '4.18.3',
    '@types/express': '4',
    koa: '2.13.4',
    '@types/koa': '2',
    hono: '4.6.0',
    '@hono/node-server': '1.13.0',
    'better-sqlite3': '12.0.0',
    '@types/better-sqlite3': '7',
    redis: '5.12.1',
    ioredis: '5.4.1',
  },
};
