import { describe, expect, it } from 'vitest';
import { Deadline } from './deadline.ts';

describe('the deadline of a call', () => {
  it('passes an answer on, and a failure', async () => {
    const deadline = new Deadline(10_000);
    await expect(deadline.bound(Promise.resolve(7))).resolves.toBe(7);
    await expect(deadline.bound(Promise.reject(new Error('LOADING')))).rejects.toThrow('LOADING');
    expect(deadline.misses).toBe(0);
    expect(deadline.missedLately).toBe(false);
  });

  it('rejects a call that is never answered, and remembers that it did', async () => {
    const deadline = new Deadline(1);
    await expect(deadline.bound(new Promise(() => {}))).rejects.toMatchObject({
      name: 'CommandTimeoutError',
      code: 'ETIMEDOUT',
      message: 'Redis did not answer within 1 ms, which is the commandTimeout of this store',
    });
    expect(deadline.misses).toBe(1);
    expect(deadline.missedLately).toBe(true);
  });

  it('takes an answer that came while this process was too busy to look', async () => {
    const answer = new Promise((resolve) => setImmediate(resolve, 'in time'));
    const bound = new Deadline(1).bound(answer);
    for (const end = performance.now() + 20; performance.now() < end; );
    await expect(bound).resolves.toBe('in time');
  });
});
