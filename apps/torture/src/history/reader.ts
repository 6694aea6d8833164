import { readFileSync } from 'node:fs';
import type { HistoryEvent } from './events.ts';

/** Thrown for a history that shows nothing, because it is damaged, cut, or of a run that did not take place. */
export class HistoryError extends Error {}

/** The members that a line of each type has at least, and their types. */
const MEMBERS: Readonly<Record<HistoryEvent['type'], Readonly<Record<string, string>>>> = {
  run: {
    format: 'number',
    store: 'string',
    nemesis: 'string',
    seed: 'number',
    seconds: 'number',
    servers: 'number',
    clocks: 'object',
    renewalGrace: 'number',
    maxPerUser: 'number',
    strikes: 'boolean',
  },
  server: { server: 'number', what: 'string' },
  fault: { fault: 'number', what: 'string' },
  call: { call: 'number', client: 'string', server: 'number', action: 'string' },
  outcome: { call: 'number', kind: 'string' },
  end: { events: 'number' },
};

/**
 * Reads a history.
 *
 * @throws {HistoryError} if it is damaged or cut.
 */
export function readHistory(path: string): HistoryEvent[] {
  return parseHistory(readFileSync(path, 'utf8'));
}

/** Parses the lines of a history. */
export function parseHistory(content: string): HistoryEvent[] {
  if (content === '') throw new HistoryError('The history is empty.');
  if (!content.endsWith('\n')) throw new HistoryError('The history is cut in the middle of a line.');
  const events = content.slice(0, -1).split('\n').map(parseLine);
  const last = events.at(-1);
  if (last?.type !== 'end') throw new HistoryError('The history is cut: it has no last line.');
  if (last.events !== events.length - 1) {
    throw new HistoryError(`The history has ${events.length - 1} lines where ${last.events} were written.`);
  }
  return events;
}

function parseLine(line: string, at: number): HistoryEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new HistoryError(`Line ${at + 1} of the history is not JSON.`);
  }
  if (!isEvent(value)) throw new HistoryError(`Line ${at + 1} of the history is not an event.`);
  return value;
}

function isEvent(value: unknown): value is HistoryEvent {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  const type = members.get('type');
  if (typeof type !== 'string' || typeof members.get('at') !== 'number') return false;
  const expected = Object.entries(MEMBERS).find(([name]) => name === type)?.[1];
  return (
    expected !== undefined &&
    Object.entries(expected).every(([name, kind]) => typeof members.get(name) === kind)
  );
}
