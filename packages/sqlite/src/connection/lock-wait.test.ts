import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockWait } from './lock-wait.ts';

const BUSY = Object.assign(new Error('database is locked'), { errcode: 5 });
const LOCKED = Object.assign(new Error('database table is locked'), { errcode: 6 });

beforeEach(() => void vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A call that another connection's lock refuses so often. */
function refused(times: number, error: Error = BUSY) {
  const call = vi.fn(() => {
    if (call.mock.calls.length <= times) throw error;
    return 'done';
  });
  return call;
}

function explained(error: unknown): Error {
  return new Error('explained', { cause: error });
}

describe('a call that another connection refuses', () => {
  it('returns a plain value if it is not refused', () => {
    expect(new LockWait(1000, explained).run(refused(0))).toBe('done');
  });

  it('is repeated on the next turns of the event loop', async () => {
    const call = refused(2);
    const start = performance.now();
    const result = new LockWait(1000, explained).run(call);
    expect(call).toHaveBeenCalledTimes(1);
    for (let turn = 0; turn < 2; turn += 1) await vi.advanceTimersToNextTimerAsync();
    expect(performance.now()).toBe(start);
    expect(await result).toBe('done');
    expect(call).toHaveBeenCalledTimes(3);
  });

  it('is then repeated after pauses that grow to 24 ms at most', async () => {
    const call = refused(1000);
    const result = Promise.resolve(new LockWait(1000, explained).run(call));
    const failure = expect(result).rejects.toThrow('explained');
    await vi.advanceTimersByTimeAsync(2000);
    await failure;
    // 3 at once, 4 within 12 ms, and one each 8 to 24 ms.
    expect(call.mock.calls.length).toBeGreaterThan(1000 / 24);
    expect(call.mock.calls.length).toBeLessThan(1000 / 8 + 7);
  });

  it('is tried once more after the time is up, however long the event loop stood still', async () => {
    const call = refused(1);
    const result = new LockWait(20, explained).run(call);
    vi.setSystemTime(60_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await result).toBe('done');
  });

  it.each([
    ['at once, with a time of 0', 0, BUSY],
    ['at once, if a statement of the same connection has the lock', 1000, LOCKED],
    ['at once, for another reason', 1000, new Error('disk I/O error')],
  ])('fails %s', (_, timeout, error) => {
    const call = refused(1, error);
    expect(() => new LockWait(timeout, explained).run(call)).toThrow(
      expect.objectContaining({ message: 'explained', cause: error }),
    );
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('fails if it is repeated and fails for another reason', async () => {
    const call = vi.fn().mockImplementationOnce(() => {
      throw BUSY;
    });
    call.mockImplementationOnce(() => {
      throw LOCKED;
    });
    const result = Promise.resolve(new LockWait(1000, explained).run(call));
    const failure = expect(result).rejects.toMatchObject({ message: 'explained', cause: LOCKED });
    await vi.advanceTimersByTimeAsync(10);
    await failure;
  });
});
