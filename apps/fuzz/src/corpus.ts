import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fuzzer } from './fuzzer.ts';
import type { Instrumented } from './instrumented.ts';

const DIRECTORY = fileURLToPath(new URL('../corpus/', import.meta.url));

/** Reads the corpus of a target: what earlier runs found to be of interest, by the names of its files. */
export function readCorpus(target: string): ReadonlyMap<string, Uint8Array> {
  const directory = join(DIRECTORY, target);
  return new Map(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name))]),
  );
}

/** Writes a corpus in place of the one that is there: of the inputs, those that reach everything that all of them reach, the short ones first. */
export function writeCorpus(
  target: string,
  instrumented: Instrumented,
  inputs: readonly Uint8Array[],
): number {
  const directory = join(DIRECTORY, target);
  const fuzzer = new Fuzzer(instrumented, 1);
  for (const input of [...inputs].sort((a, b) => a.length - b.length)) fuzzer.try(input);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const input of fuzzer.corpus) {
    writeFileSync(join(directory, createHash('sha256').update(input).digest('hex').slice(0, 12)), input);
  }
  return fuzzer.corpus.length;
}
