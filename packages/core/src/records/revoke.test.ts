import { describe, expect, it } from 'vitest';
import { begun } from '../session/lifecycle.ts';
import { outcomeUnknown } from '../store/store-fault.ts';
import { revoke } from './revoke.ts';

const state = begun({
  now: 0,
  secretHash: '',
  timeouts: { idle: 1000, absolute: 2000 },
  client: { network: '', browser: '', platform: '' },
  observed: {},
  user: undefined,
  data: '{}',
});

/** Revokes a session that was alive, whose first write has an unknown outcome, and of which the second call finds this. */
async function revokedAfterLoss(found: boolean | undefined): Promise<boolean> {
  let calls = 0;
  return revoke(async (apply) => {
    calls += 1;
    if (calls > 1) return found;
    apply(state, 0);
    throw outcomeUnknown();
  }, 1000);
}

describe('a revocation whose write is not confirmed', () => {
  it('counts if it deletes the session, or if the session has ended meanwhile', async () => {
    expect(await revokedAfterLoss(true)).toBe(true);
    expect(await revokedAfterLoss(false)).toBe(true);
  });

  it('does not count if the session goes on without the user', async () => {
    expect(await revokedAfterLoss(undefined)).toBe(false);
  });
});
