import { describe, expect, it } from 'vitest';
import { createTableSql, d1Store, durableObjectStore } from './index.ts';

const nothing = () => {};
const kinds = {
  kv: { get: nothing, put: nothing, getWithMetadata: nothing },
  r2: { get: nothing, createMultipartUpload: nothing },
  d1: { prepare: nothing, batch: nothing, withSession: nothing },
  d1Session: { prepare: nothing, batch: nothing, getBookmark: nothing },
  objects: { idFromName: nothing, get: nothing },
};

const message = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_CONFIG' });
    return error instanceof Error ? error.message : '';
  }
  return 'accepted';
};

/** Hands over what the types refuse: JavaScript has none. */
const d1 = (binding: unknown, options?: object) => Reflect.apply(d1Store, undefined, [binding, options]);
const objects = (binding: unknown, options?: object) =>
  Reflect.apply(durableObjectStore, undefined, [binding, options]);

describe('a binding that is missing or of another kind is ERR_CONFIG, with what was received and what to write', () => {
  it.each<[string, () => unknown, string]>([
    ['no binding', () => d1(undefined), 'received undefined. The name in env must be the binding'],
    ['KV', () => d1(kinds.kv), 'received a KV namespace. KV cannot compare before it writes'],
    ['R2', () => d1(kinds.r2), 'received an R2 bucket'],
    ['a Durable Object', () => d1(kinds.objects), 'received a Durable Object namespace'],
    ['a D1 session, which may read an older copy', () => d1(kinds.d1Session), 'received a D1 session'],
    ['a string', () => d1('DB'), 'received a string'],
    ['no namespace', () => objects(null), 'durable_objects of the Wrangler configuration'],
    ['D1 for a namespace', () => objects(kinds.d1), 'received a D1 database'],
    ['KV for a namespace', () => objects(kinds.kv), 'use D1 or a Durable Object'],
  ])('%s', (_case, call, shown) => {
    expect(message(call)).toContain(shown);
  });
});

describe('an invalid option is ERR_CONFIG', () => {
  it.each([{ table: 'a b' }, { table: '' }, { table: '_cf_x' }, { table: 5 }, { createTable: 1 }])(
    'd1Store %o',
    (options) => {
      expect(message(() => d1(kinds.d1, options))).toMatch(/^(?:table|createTable) must be .*; received /);
    },
  );

  it.each([{ prefix: 1 }, { prefix: 'x'.repeat(101) }, { prefix: '\uD800' }])(
    'durableObjectStore %o',
    (options) => {
      expect(message(() => objects(kinds.objects, options))).toMatch(/^prefix must be .*; received /);
    },
  );

  it('createTableSql', () => {
    expect(message(() => createTableSql('a"b'))).toMatch(/^table must be /);
  });
});

it('returns one store for one binding and the same options, so that it may be called for each request', () => {
  expect(d1(kinds.d1)).toBe(d1(kinds.d1, { table: 'coatcheck_sessions' }));
  expect(d1(kinds.d1)).not.toBe(d1(kinds.d1, { table: 'other' }));
  expect(d1(kinds.d1)).not.toBe(d1({ ...kinds.d1 }));
  expect(objects(kinds.objects)).toBe(objects(kinds.objects, {}));
  expect(objects(kinds.objects)).not.toBe(objects(kinds.objects, { prefix: 'other' }));
});
