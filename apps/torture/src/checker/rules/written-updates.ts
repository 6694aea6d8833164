import { type Call, isRefusedUpdate } from '../call.ts';
import { type Violation, violation } from '../violation.ts';
import type { World } from '../world.ts';

/** Finds marks that nobody wrote, that were refused for certain, that are there twice, or that belong to another browser. */
export function wrongUpdates(world: World): readonly Violation[] {
  const writers = new Map(
    world.calls.filter(({ mark }) => mark !== undefined).map((call) => [call.mark ?? '', call]),
  );
  const found = new Map<string, Violation>();
  const report = (mark: string, each: Violation): void => {
    if (!found.has(mark)) found.set(mark, each);
  };
  const places = new Map<string, { readonly session: string; readonly by: Call }>();
  const look = (session: string, marks: readonly string[], by: Call): void => {
    const seen = new Set<string>();
    for (const mark of marks) {
      const writer = writers.get(mark);
      if (writer === undefined) {
        report(mark, violation('unknown update', `nobody wrote ${mark}, which ${session} has`, [by], by.end));
        continue;
      }
      if (isRefusedUpdate(writer)) {
        const message = `${mark} was refused, and ${session} has it`;
        report(mark, violation('refused update', message, [writer, by], writer.end));
      }
      if (writer.client !== by.client) {
        const message = `${by.client} was shown ${mark}`;
        report(mark, violation("another's data", message, [writer, by], by.end));
      }
      const place = places.get(mark) ?? { session, by };
      places.set(mark, place);
      if (seen.has(mark) || place.session !== session) {
        const message = `${mark} is there twice, in ${place.session} and ${session}`;
        report(mark, violation('repeated update', message, [writer, place.by, by], by.end));
      }
      seen.add(mark);
    }
  };
  for (const life of world.lives.values()) {
    for (const { call, marks } of life.sights) look(life.id, marks, call);
  }
  for (const call of world.calls) {
    const { receipt } = call.reply ?? {};
    if (receipt !== undefined && receipt.marks !== '') look(receipt.session, receipt.marks.split(' '), call);
  }
  return [...found.values()];
}
