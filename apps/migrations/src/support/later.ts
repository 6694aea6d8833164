import { afterAll, vi } from 'vitest';

// The apps take the time when they are imported, so it stands still from the start. Timers go on.
vi.useFakeTimers({ toFake: ['Date'] });
afterAll(() => void vi.useRealTimers());

/** Advances the time by minutes. */
export function later(minutes: number): void {
  vi.setSystemTime(Date.now() + minutes * 60_000);
}
