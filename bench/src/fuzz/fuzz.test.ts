import { describe, expect, it } from 'vitest';
import { FUZZED, fuzz } from './fuzz.ts';

// `pnpm --filter bench request-fuzz` sends a million to each.
describe.each(FUZZED)('2,000 random requests over raw sockets to an app on %s', (adapter) => {
  it('end no process and get no 5xx, and some of them are served', async () => {
    const { isAlive, statuses, stderr } = await fuzz(adapter, 2000, 1);
    expect(isAlive, stderr).toBe(true);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(500);
    expect(statuses.get(403)).toBeGreaterThan(50);
  }, 60_000);
});
