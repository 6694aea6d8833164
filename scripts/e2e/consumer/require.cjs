const assert = require('node:assert/strict');

const core = require('@coatcheck/core');
for (const name of ['express', 'koa', 'hono', 'fastify', 'fetch']) {
  const adapter = require(`@coatcheck/${name}`);
  assert.equal(typeof (adapter.session ?? adapter.withSession), 'function');
  assert.equal(adapter.createSessions, core.createSessions);
}
const session = require('@coatcheck/express-session');
assert.equal(typeof session({ secret: 'x', store: new session.MemoryStore() }), 'function');
assert.equal(session.default.Cookie, session.Cookie);
assert.equal(typeof require('@coatcheck/sqlite').sqliteStore, 'function');
assert.equal(typeof require('@coatcheck/sqlite/libsql').libsqlStore, 'function');
assert.equal(typeof require('@coatcheck/redis').redisStore, 'function');
assert.equal(typeof require('@coatcheck/postgres').postgresStore, 'function');
for (const name of [
  'core/adapter',
  'core/client-checks',
  'core/device-binding',
  'core/dpop',
  'core/testing',
  'store-contract',
  'adapter-contract',
  'adapter-contract/app',
]) {
  assert.ok(Object.keys(require(`@coatcheck/${name}`)).length > 0, name);
}
assert.match(require('@coatcheck/core/package.json').version, /^\d+\.\d+\.\d+/);
