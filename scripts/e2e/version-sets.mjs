// What an app may have beside the packages: one project for each set of versions.

/**
 * The supported versions of Node.js. The first is the least that the packages' `engines` allow.
 *
 * @type {readonly string[]}
 */
export const nodeVersions = ['22.13.0', '22.23.3', '24.21.0', '26.9.0'];

/**
 * One project: what it depends on, the Node.js that installs it, those that it is run on unless all are asked for, and those that run its
 * better-sqlite3. A version 12 runs on the one that it was compiled for, 13 on all that have Node-API 10: not on 22.13, which it ends with a
 * segmentation fault.
 *
 * @typedef {{
 *   readonly node: string,
 *   readonly runsOn: readonly string[],
 *   readonly betterSqliteOn: readonly string[],
 *   readonly dependencies: Readonly<Record<string, string>>,
 * }} VersionSet
 */

const shared = { typescript: '6.0.3', '@types/node': '24.19.2' };

/** The last releases of everything. */
const latest = {
  ...shared,
  express: '5',
  '@types/express': '5',
  koa: '3',
  '@types/koa': '3',
  hono: '4',
  fastify: '5',
  '@hono/node-server': '2',
  'better-sqlite3': '13',
  '@types/better-sqlite3': '9',
  redis: '6',
  ioredis: '6',
  pg: '8',
  '@types/pg': '8',
  postgres: '3',
  '@electric-sql/pglite': '0.5',
};

/**
 * The first and the last release of both major versions that are supported. What has one major only stands in the sets of both.
 *
 * @type {Readonly<Record<string, VersionSet>>}
 */
export const versionSets = {
  'previous-first': {
    node: '22.13.0',
    runsOn: ['22.13.0', '26.9.0'],
    betterSqliteOn: ['22.13.0'],
    dependencies: {
      ...shared,
      express: '4.18.0',
      '@types/express': '4.17.13',
      koa: '2.13.0',
      '@types/koa': '2.13.0',
      hono: '4.6.0',
      fastify: '5.0.0',
      '@hono/node-server': '1.13.0',
      'better-sqlite3': '12.0.0',
      '@types/better-sqlite3': '7.6.13',
      redis: '5.12.1',
      ioredis: '5.4.1',
      pg: '8.11.0',
      '@types/pg': '8.11.0',
      postgres: '3.4.0',
      '@electric-sql/pglite': '0.3.0',
    },
  },
  'present-first': {
    node: '24.21.0',
    runsOn: ['22.23.3', '24.21.0'],
    betterSqliteOn: ['22.23.3', '24.21.0', '26.9.0'],
    dependencies: {
      ...shared,
      express: '5.0.0',
      '@types/express': '5.0.0',
      koa: '3.0.0',
      '@types/koa': '3.0.0',
      hono: '4.6.0',
      fastify: '5.0.0',
      '@hono/node-server': '1.13.0',
      'better-sqlite3': '13.0.0',
      '@types/better-sqlite3': '9',
      redis: '6.0.0',
      ioredis: '6.0.0',
      pg: '8.11.0',
      '@types/pg': '8.11.0',
      postgres: '3.4.0',
      '@electric-sql/pglite': '0.3.0',
    },
  },
  'previous-last': {
    node: '24.21.0',
    runsOn: ['22.13.0', '24.21.0'],
    betterSqliteOn: ['24.21.0'],
    dependencies: {
      ...shared,
      express: '4',
      '@types/express': '4',
      koa: '2',
      '@types/koa': '2',
      hono: '4',
      fastify: '5',
      '@hono/node-server': '1',
      'better-sqlite3': '12',
      '@types/better-sqlite3': '7',
      redis: '5',
      ioredis: '5',
      pg: '8',
      '@types/pg': '8',
      postgres: '3',
      '@electric-sql/pglite': '0.5',
    },
  },
  'present-last': {
    node: '24.21.0',
    runsOn: ['22.23.3', '26.9.0'],
    betterSqliteOn: ['22.23.3', '24.21.0', '26.9.0'],
    dependencies: latest,
  },
};

/** What the app in CommonJS depends on, besides the packages. */
export const commonJsDependencies = {
  ...latest,
  typescript: '5.9.3',
  'typescript-6': 'npm:typescript@6.0.3',
  'typescript-7': 'npm:typescript@7.0.2',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  '@types/jest': '30.0.0',
};
