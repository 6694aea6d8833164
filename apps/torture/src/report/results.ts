import { appendFileSync, readFileSync } from 'node:fs';
import { versions } from 'node:process';
import type { Summary } from './summary.ts';

/** What was run, when, and on what. */
export interface Occasion {
  /** When the run ended, as an ISO 8601 date. */
  readonly date: string;
  readonly node: string;
  /** The store and its version. */
  readonly version: string;
}

/** A run that took place. */
export type Result = Occasion & Summary;

/** A run that did not take place, and why. */
export interface Failure extends Occasion, Pick<Summary, 'store' | 'nemesis' | 'seed' | 'seconds'> {
  readonly failed: string;
}

/** Appends the result of a run to a file, as one line of JSON. */
export function appendResult(
  path: string,
  version: string,
  result: Summary | Omit<Failure, keyof Occasion>,
): void {
  const occasion: Occasion = { date: new Date().toISOString(), node: versions.node, version };
  appendFileSync(path, `${JSON.stringify({ ...occasion, ...result })}\n`);
}

/**
 * Reads files of results, one after the other.
 *
 * @throws for a line that is no result: a table must not leave out a run.
 */
export function readResults(paths: readonly string[]): (Result | Failure)[] {
  if (paths.length === 0) throw new Error('pnpm torture table needs the files of results.');
  return paths.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').split('\n');
    // The last line ends with a line break, unless it is cut.
    if (lines.pop() !== '' || lines.length === 0)
      throw new Error(`${path} is empty, or its last line is cut.`);
    return lines.map((line, at) => {
      const value = parse(line);
      if (!isResult(value)) throw new Error(`Line ${at + 1} of ${path} is not the result of a run.`);
      return value;
    });
  });
}

const COMMON = {
  date: 'string',
  node: 'string',
  version: 'string',
  store: 'string',
  nemesis: 'string',
  seed: 'number',
  seconds: 'number',
};
const TAKEN_PLACE = {
  faults: 'number',
  requests: 'number',
  ok: 'number',
  failures: 'object',
  p99: 'number',
  slowest: 'number',
  violations: 'number',
  undone: 'number',
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isResult(value: unknown): value is Result | Failure {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const expected = members.has('failed') ? { ...COMMON, failed: 'string' } : { ...COMMON, ...TAKEN_PLACE };
  const recovery = members.get('recovery');
  return (
    Object.entries(expected).every(([name, type]) => typeof members.get(name) === type) &&
    (recovery === undefined || recovery === 'never' || typeof recovery === 'number')
  );
}
