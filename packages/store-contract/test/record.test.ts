import { expect, it, vi } from 'vitest';
import { makeRecord } from '../src/record.ts';

it('gives records of one clause the same deadline, even if the clock ticks between them', () => {
  const first = makeRecord(1);
  vi.useFakeTimers({ now: Date.now() + 5 });
  expect(makeRecord(2).expiresAt).toBe(first.expiresAt);
  vi.useRealTimers();
});
