import { timeoutsOf } from '../config/config.ts';
import { type Admission, sessionEnded } from '../records/change.ts';
import { rekeyed, touched } from '../session/lifecycle.ts';
import { drawSecret, hashSecret } from '../session/token.ts';
import { type RequestContext, responseSealed } from './request-context.ts';

/** Draws a new secret for the session. If the response begins in the meantime, the old one is restored. */
export async function renew(context: RequestContext<object>): Promise<void> {
  context.refuseCrossSite();
  context.refuseSealed();
  const { current, deps } = context;
  if (current === undefined) throw sessionEnded();
  const { config, generations, writer } = deps;
  const secret = drawSecret(config.randomBytes);
  // A separate admission: if the rollback fails, this request must not go on with a secret that the client never receives.
  const admission: Admission = { ...current.admission };
  const {
    result: earlier,
    state,
    base,
  } = await writer.write(current.id, current.base, {
    admission,
    ends: false,
    apply: (before, now) => ({
      kind: 'write',
      state: rekeyed(
        touched(before, now, timeoutsOf(config, before.user, current.isNew)),
        hashSecret(secret),
        now,
      ),
      result: before,
    }),
  });
  if (context.isSealed) {
    await writer.write(current.id, base, {
      admission,
      ends: true,
      apply: ({ writes, device }) => ({
        kind: 'write',
        state: { ...earlier, writes, device },
        result: undefined,
      }),
    });
    throw responseSealed();
  }
  context.issue({ id: current.id, secret, admission, state, base });
  generations.noteRaised(current.id, state.generation);
  context.emit({ type: 'renewed', by: 'call' });
}
