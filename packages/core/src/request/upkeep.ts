import { randomText } from '../common/random.ts';
import { timeoutsOf } from '../config/config.ts';
import { type Snapshot, snapshotFor } from '../records/snapshot.ts';
import { type Upkeep, upkeepOf } from '../session/admission.ts';
import { renewalBegun, renewalConfirmed, touched, withObserved } from '../session/lifecycle.ts';
import type { SessionState } from '../session/session-state.ts';
import { deriveSecret, hashSecret, type Token } from '../session/token.ts';
import { closed, examine, type Finding, type Opens } from './examine.ts';
import type { RequestVisit } from './request-context.ts';

const NONCE_BYTES = 12;

/** An upkeep that is due, and what it is to write besides. */
export interface DueUpkeep {
  readonly upkeep: NonNullable<Upkeep>;
  /** What the session is to remember of its clients. */
  readonly observed: SessionState['observed'];
}

/** Tells what serving a token writes. A successor that is handed over was kept up where it was found. */
export function dueUpkeep(visit: RequestVisit<object>, opens: Opens): Upkeep {
  if (opens.handedOver !== undefined) return undefined;
  const { config } = visit.engine;
  const { state, seenAt } = opens.snapshot;
  return upkeepOf(state, opens.match, {
    now: seenAt,
    passive: visit.passive,
    renewable: visit.transport.kind === 'cookie' && !visit.isSealed,
    renewAfter: config.renewAfter,
    timeouts: timeoutsOf(config, state.user),
  });
}

/** Writes an upkeep and gives the session as it then stands, or a new finding where somebody came between. */
export async function writeUpkeep(
  visit: RequestVisit<object>,
  { token, snapshot }: Opens,
  due: DueUpkeep,
): Promise<Snapshot | Finding> {
  const { config, port, users } = visit.engine;
  const { state, record, seenAt } = snapshot;
  if (due.upkeep === 'confirm' && state.user !== undefined) {
    const verified = await users.verifyListed(state.user.id, token.id, state);
    if (verified === 'revoked') {
      await users.end(state.user.id, token.id, 'revoke-user');
      return closed('unknown');
    }
  }
  const next = snapshotFor(kept(visit, due, token, snapshot), snapshot, config.randomBytes, seenAt);
  const written = await port.write({
    key: token.id,
    base: record,
    next: next.record,
    until: state.expiresAt,
    // The upkeep decides anew from what is found, so it does no harm to take one's own write for another's.
    isKnownMissing: () => true,
  });
  if (written.kind === 'gone') return closed('unknown');
  if (written.record !== next.record) return examine(visit, token, written.record);
  visit.engine.sweepIfDue();
  return next;
}

/** Makes the state that an upkeep leaves. */
function kept(
  visit: RequestVisit<object>,
  { upkeep, observed }: DueUpkeep,
  token: Token,
  { state, seenAt: now }: Snapshot,
): SessionState {
  const { config } = visit.engine;
  const used = touched(withObserved(state, observed), now, timeoutsOf(config, state.user));
  if (upkeep === 'touch') return used;
  if (upkeep === 'confirm') return renewalConfirmed(used, visit.look(), now);
  const nonce = randomText(config.randomBytes, NONCE_BYTES);
  return renewalBegun(used, { nonce, hash: hashSecret(deriveSecret(token.secret, nonce)) });
}
