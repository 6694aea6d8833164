import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInstrumenter } from 'istanbul-lib-instrument';
import { bundle, type Plant } from './bundle.ts';

/** A target whose every statement, branch and function counts how often it ran. */
export interface Instrumented {
  /** The strings that its source compares with, and others. */
  readonly words: readonly string[];
  fuzz(data: Uint8Array): void;
  /** Calls `visit` with each counter that is not 0, and sets it to 0. */
  takeCounts(visit: (counter: number, count: number) => void): void;
}

const VARIABLE = '__coatcheck_fuzz__';
const WORD = /(?<=')[^'\\\n]{1,24}(?=')|(?<=")[^"\\\n]{1,24}(?=")/g;

/** Bundles and instruments a target, and loads it into this process. */
export async function instrument(target: string, plant?: Plant): Promise<Instrumented> {
  const source = await bundle(target, plant);
  const instrumenter = createInstrumenter({ coverageVariable: VARIABLE, compact: true, esModules: false });
  const path = `${target}.cjs`;
  const code = instrumenter.instrumentSync(source, path);
  const directory = mkdtempSync(join(tmpdir(), 'coatcheck-fuzz-'));
  try {
    writeFileSync(join(directory, path), code);
    Reflect.deleteProperty(globalThis, VARIABLE);
    const module: unknown = createRequire(import.meta.url)(join(directory, path));
    const counts: unknown = Reflect.get(Object(Reflect.get(globalThis, VARIABLE)), path);
    const counters = countersOf(counts);
    const words = [...new Set(source.match(WORD) ?? [])];
    return { words, fuzz: functionOf(module), takeCounts: (visit) => takeCounts(counters, visit) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

type Counters = readonly (Record<number, number> | number[])[];

function takeCounts(counters: Counters, visit: (counter: number, count: number) => void): void {
  let at = 0;
  for (const group of counters) {
    const size = sizes.get(group) ?? 0;
    for (let i = 0; i < size; i += 1) {
      const count = group[i] ?? 0;
      if (count > 0) {
        visit(at + i, count);
        group[i] = 0;
      }
    }
    at += size;
  }
}

const sizes = new WeakMap<object, number>();

/** Collects Istanbul's counters: of statements and functions by number, of each branch a list. */
function countersOf(coverage: unknown): Counters {
  const { s, f, b }: { s?: unknown; f?: unknown; b?: unknown } = Object(coverage);
  const groups: unknown[] = [s, f, ...Object.values(Object(b))];
  return groups.map((group) => {
    if (!isCounters(group)) throw new Error('The target was not instrumented.');
    sizes.set(group, Object.keys(group).length);
    return group;
  });
}

function isCounters(value: unknown): value is Counters[number] {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'number')
  );
}

function functionOf(module: unknown): (data: Uint8Array) => void {
  const fuzz: unknown = Reflect.get(Object(module), 'fuzz');
  if (typeof fuzz !== 'function') throw new Error('The target exports no function fuzz.');
  return (data) => {
    Reflect.apply(fuzz, undefined, [data]);
  };
}
