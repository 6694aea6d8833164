import type { Call } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { Life, World } from '../world.ts';

/** A mark that is certain to be in the data of a session, from a moment on. */
interface Known {
  readonly mark: string;
  readonly at: number;
  readonly by: Call;
}

/** Finds updates that were acknowledged or seen, and are missing in a later read or in the receipt of the session. */
export function lostUpdates(world: World): readonly Violation[] {
  const receipts = new Map<string, { readonly marks: ReadonlySet<string>; readonly by: Call }>();
  for (const call of world.calls) {
    const { receipt } = call.reply ?? {};
    if (receipt === undefined || receipts.has(receipt.session)) continue;
    receipts.set(receipt.session, { marks: new Set(receipt.marks.split(' ')), by: call });
  }
  return [...world.lives.values()].flatMap((life) => {
    const known = knownMarks(life);
    const receipt = receipts.get(life.id);
    const missing = known.filter(({ mark }) => receipt !== undefined && !receipt.marks.has(mark));
    return [
      ...lostInReads(life, known),
      ...missing.map(({ mark, at, by }) => {
        const calls = [by, ...(receipt === undefined ? [] : [receipt.by])];
        return violation('lost update', `${mark} is missing in the receipt of ${life.id}`, calls, at);
      }),
    ];
  });
}

/** Lists the marks that were seen, by the end of the first response that shows each. */
function knownMarks({ sights }: Life): readonly Known[] {
  const known = new Map<string, Known>();
  // They are in the order in which their responses ended.
  for (const { call, marks } of sights) {
    for (const mark of marks) if (!known.has(mark)) known.set(mark, { mark, at: call.end, by: call });
  }
  return [...known.values()];
}

function lostInReads(life: Life, known: readonly Known[]): readonly Violation[] {
  const lost = new Map<string, Violation>();
  for (const { call, marks } of life.sights) {
    const shown = new Set(marks);
    for (const { mark, at, by } of known) {
      if (at >= call.begin) break;
      if (shown.has(mark) || lost.has(mark)) continue;
      const message = `${mark} is missing in a later read of ${life.id}`;
      lost.set(mark, violation('lost update', message, [by, call], at));
    }
  }
  return [...lost.values()];
}
