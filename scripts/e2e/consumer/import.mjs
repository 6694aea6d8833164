import assert from 'node:assert/strict';
import { testAdapterContract } from '@coatcheck/adapter-contract';
import * as contractApp from '@coatcheck/adapter-contract/app';
import { d1Store, durableObjectStore } from '@coatcheck/cloudflare';
import * as core from '@coatcheck/core';
import * as coreAdapter from '@coatcheck/core/adapter';
import * as clientChecks from '@coatcheck/core/client-checks';
import { deviceBinding } from '@coatcheck/core/device-binding';
import { dpop } from '@coatcheck/core/dpop';
import * as testing from '@coatcheck/core/testing';
import * as express from '@coatcheck/express';
import expressSession, { MemoryStore } from '@coatcheck/express-session';
import * as fastify from '@coatcheck/fastify';
import * as fetchAdapter from '@coatcheck/fetch';
import * as hono from '@coatcheck/hono';
import * as koa from '@coatcheck/koa';
import { postgresStore } from '@coatcheck/postgres';
import { redisStore } from '@coatcheck/redis';
import { sqliteStore } from '@coatcheck/sqlite';
import { libsqlStore } from '@coatcheck/sqlite/libsql';
import * as storeContract from '@coatcheck/store-contract';

for (const value of [
  core.createSessions,
  d1Store,
  durableObjectStore,
  postgresStore,
  redisStore,
  libsqlStore,
  sqliteStore,
  testAdapterContract,
  clientChecks.userAgent,
  deviceBinding,
  dpop,
]) {
  assert.equal(typeof value, 'function');
}
for (const adapter of [express, koa, hono, fastify]) assert.equal(typeof adapter.session, 'function');
assert.equal(typeof fetchAdapter.withSession, 'function');
assert.equal(typeof expressSession({ secret: 'x' }), 'function');
assert.equal(expressSession.MemoryStore, MemoryStore);
for (const adapter of [express, koa, hono, fastify, fetchAdapter]) {
  assert.equal(adapter.createSessions, core.createSessions, 'an adapter must not bring a core of its own');
  assert.equal(adapter.SessionError, core.SessionError);
}
for (const module of [coreAdapter, testing, contractApp, storeContract]) {
  assert.ok(Object.keys(module).length > 0);
}
