import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { CLEAR_STEP, CLOCK, COMPARE_AND_SET, READ, REWRITE } from './script.ts';

it.each(Object.entries({ CLEAR_STEP, CLOCK, COMPARE_AND_SET, READ, REWRITE }))(
  'the SHA-1 of %s is the one under which Redis caches it',
  (_name, { lua, sha1 }) => {
    expect(sha1).toBe(createHash('sha1').update(lua).digest('hex'));
  },
);
