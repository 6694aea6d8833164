import type { Results } from '../measure/results.ts';
import { judge } from './targets.ts';

/** Prints each target with its figure, and says whether all that were measured are met. */
export function printTargets(results: Results): boolean {
  const all = judge(results);
  for (const { number, what, limit, figure, met } of all) {
    const verdict = met === undefined ? 'not measured' : met ? 'met' : 'NOT MET';
    console.log(
      `${number}  ${verdict.padEnd(12)}  ${(figure ?? '–').padStart(6)}  ${limit.padEnd(7)}  ${what}`,
    );
  }
  const missed = all.filter(({ met }) => met === false).length;
  console.log(
    missed === 0 ? 'Every target that was measured is met.' : `${missed} of ${all.length} are not met.`,
  );
  return missed === 0;
}
