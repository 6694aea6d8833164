import { describe, expect, it } from 'vitest';
import { Deadline } from './deadline.ts';

describe('the deadline of a call', () => {
  it('passes on a reply or a failure', async () => {
    const deadline = new Deadline(10_000);
    await expect(deadline.bound(Promise.resolve(7))).resolves.toBe(7);
    await expect(deadline.bound(Promise.reject(new Error('LOADING')))).rejects.toThrow('LOADING');
    expect(deadline.misses).toBe(0);
    expect(deadline.missedLately).toBe(false);
  });

  it('rejects a call that gets no reply, and counts it', async () => {
    const deadline = new Deadline(1);
    await expect(deadline.bound(new Promise(() => {}))).rejects.toMatchObject({
      name: 'CommandTimeoutError',
      code: 'ETIMEDOUT',
      message: 'Redis did not reply within commandTimeout (1 ms). The command may still be executed later.',
    });
    expect(deadline.misses).toBe(1);
    expect(deadline.missedLately).toBe(true);
  });

  it('accepts a reply that arrived while this process was busy', async () => {
    const reply = new Promise((resolve) => setImmediate(resolve, 'in time'));
    const bound = new Deadline(1).bound(reply);
    for (const end = performance.now() + 20; performance.now() < end; );
    await expect(bound).resolves.toBe('in time');
  });
});
