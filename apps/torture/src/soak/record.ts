import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestSample, ServerSample, SoakEnd, SoakEvent, SoakRun } from './events.ts';

/** Thrown for a soak that shows nothing, because it is damaged, cut, or had no load. */
export class SoakError extends Error {}

/** A whole soak. */
export interface SoakRecord {
  readonly run: SoakRun;
  readonly servers: readonly ServerSample[];
  readonly requests: readonly RequestSample[];
  readonly end: SoakEnd;
}

/** Writes a soak as lines of JSON. */
export class SoakWriter {
  readonly path: string;
  #events = 0;

  constructor(path: string) {
    this.path = path;
    writeFileSync(path, '');
  }

  /** Writes a line at once, so that a long run can be watched. */
  write(event: Exclude<SoakEvent, SoakEnd>): void {
    this.#append(event);
    this.#events += 1;
  }

  /** Writes the last line. */
  close(end: Pick<SoakEnd, 'at' | 'died'>): void {
    this.#append({ type: 'end', events: this.#events, ...end });
  }

  #append(event: SoakEvent): void {
    appendFileSync(this.path, `${JSON.stringify(event)}\n`);
  }
}

/**
 * Reads a soak.
 *
 * @throws {SoakError} if it is damaged or cut.
 */
export function readSoak(path: string): SoakRecord {
  const content = readFileSync(path, 'utf8');
  if (!content.endsWith('\n')) throw new SoakError(`${path} is empty, or its last line is cut.`);
  const events = content
    .slice(0, -1)
    .split('\n')
    .map((line, at) => {
      const value = parse(line);
      if (!isEvent(value)) throw new SoakError(`Line ${at + 1} of ${path} is not of a soak.`);
      return value;
    });
  const run = events[0];
  const end = events.at(-1);
  if (run?.type !== 'soak') throw new SoakError(`${path} does not begin with what was run.`);
  if (end?.type !== 'end') throw new SoakError(`${path} is cut: it has no last line.`);
  if (end.events !== events.length - 1) {
    throw new SoakError(`${path} has ${events.length - 1} lines where ${end.events} were written.`);
  }
  return {
    run,
    end,
    servers: events.filter((event) => event.type === 'server'),
    requests: events.filter((event) => event.type === 'requests'),
  };
}

/** The members that a line of each type has at least, and their types. */
const MEMBERS: Readonly<Record<SoakEvent['type'], Readonly<Record<string, string>>>> = {
  soak: {
    date: 'string',
    node: 'string',
    machine: 'string',
    store: 'string',
    version: 'string',
    servers: 'number',
    sessions: 'number',
    minutes: 'number',
    capacity: 'number',
    rate: 'number',
  },
  server: {
    at: 'number',
    server: 'number',
    heap: 'number',
    rss: 'number',
    delayP99: 'number',
    delayP99OfAll: 'number',
    rejections: 'number',
  },
  requests: {
    at: 'number',
    sent: 'number',
    good: 'number',
    failures: 'object',
    p50: 'number',
    p99: 'number',
    max: 'number',
  },
  end: { at: 'number', events: 'number', died: 'object' },
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is SoakEvent {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const expected = Object.entries(MEMBERS).find(([name]) => name === members.get('type'))?.[1];
  return (
    expected !== undefined &&
    Object.entries(expected).every(([name, type]) => typeof members.get(name) === type)
  );
}
