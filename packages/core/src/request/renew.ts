import { timeoutsOf } from '../config/config.ts';
import { type Admission, sessionEnded } from '../records/change.ts';
import { rekeyed, touched } from '../session/lifecycle.ts';
import { drawSecret, hashSecret } from '../session/token.ts';
import { type RequestVisit, responseSealed } from './request-context.ts';

/** Draws a new secret for the session. Where the response began meanwhile, the old one is put back. */
export async function renew(visit: RequestVisit<object>): Promise<void> {
  visit.refuseCrossSite();
  visit.refuseSealed();
  const { held, engine } = visit;
  if (held === undefined) throw sessionEnded();
  const { config, writer } = engine;
  const secret = drawSecret(config.randomBytes);
  // An admission of its own: should undoing fail, the visit must not go on with a secret that the client never gets.
  const admission: Admission = { ...held.admission };
  const {
    result: earlier,
    state,
    base,
  } = await writer.write(held.id, held.base, {
    admission,
    ends: false,
    apply: (before, now) => ({
      kind: 'write',
      state: rekeyed(touched(before, now, timeoutsOf(config, before.user)), hashSecret(secret), now),
      result: before,
    }),
  });
  if (visit.isSealed) {
    await writer.write(held.id, base, {
      admission,
      ends: true,
      apply: ({ writes }) => ({ kind: 'write', state: { ...earlier, writes }, result: undefined }),
    });
    throw responseSealed();
  }
  visit.issue({ id: held.id, secret, admission, state, base });
  engine.noteRaised(held.id, state.generation);
  visit.emit({ type: 'renewed', by: 'call' });
}
