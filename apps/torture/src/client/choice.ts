import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';

const STEPS = 2 ** 30;

/** Chooses one of several names, each as often as its weight says. */
export function choose<Name extends string>(
  random: Seeded,
  weights: Readonly<Partial<Record<Name, number>>>,
): Name {
  const names = Object.keys(weights).filter((name): name is Name => name in weights);
  const [first, ...others] = names;
  if (first === undefined) throw new Error('There is nothing to choose from.');
  const total = names.reduce((sum, name) => sum + (weights[name] ?? 0), 0);
  let left = (random.int(STEPS) / STEPS) * total;
  for (const name of names) {
    left -= weights[name] ?? 0;
    if (left < 0) return name;
  }
  return others.at(-1) ?? first;
}
