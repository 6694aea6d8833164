import { CASES } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import { CASE_TITLES, named } from './groups.ts';
import { figure, spread, thousands } from './numbers.ts';
import { table } from './table.ts';

const KINDS = [...CASES, 'signOut'] as const;
const TITLES = { ...CASE_TITLES, signOut: 'sign-out' };
const WRITES = ['compareAndSet', 'set', 'persistSessionData', 'createSession'];

/** Writes what was counted and weighed rather than timed. */
export function countTables(results: Results): string[] {
  return [
    ...callTable(results),
    ...commandTable(results),
    ...burstTable(results),
    ...memoryTables(results),
    ...drawTable(results),
    ...bundleTable(results),
    ...importTable(results),
  ];
}

function callTable({ calls }: Results): string[] {
  if (calls === undefined) return [];
  const rows = Object.entries(calls).map(([id, byKind]) => [
    named(id),
    ...KINDS.map((kind) => {
      const counted = Object.entries(byKind[kind] ?? {});
      return counted.length === 0 ? 'none' : counted.map(([name, count]) => `${count} ${name}`).join(', ');
    }),
  ]);
  return ['## Store calls of one request', table(['', ...KINDS.map((kind) => TITLES[kind])], rows)];
}

function commandTable({ commands }: Results): string[] {
  if (commands === undefined) return [];
  const rows = Object.entries(commands).map(([id, byKind]) => [
    named(id),
    ...KINDS.map((kind) => {
      const sent = byKind[kind] ?? [];
      return sent.length === 0 ? '0' : `${sent.length}: ${sent.join(', ')}`;
    }),
  ]);
  return ['## Redis commands of one request', table(['', ...KINDS.map((kind) => TITLES[kind])], rows)];
}

function burstTable({ bursts }: Results): string[] {
  if (bursts === undefined) return [];
  const rows = Object.entries(bursts).map(([id, { kept, failed, calls, milliseconds }]) => [
    named(id),
    String(kept),
    String(WRITES.reduce((total, name) => total + (calls[name] ?? 0), 0)),
    failed === 0 ? 'none' : String(failed),
    figure(milliseconds),
  ]);
  return [
    '## 50 updates of one session at once',
    'Each request loads the session, waits for something else that comes to all at the same moment, and adds one to a number. hono-sessions’ MemoryStore hands every request the same object, so nothing is lost inside one process.',
    table(['', 'kept', 'store writes', 'failed', 'ms'], rows),
  ];
}

function memoryTables({ weights, sweeps }: Results): string[] {
  const parts: string[] = [];
  if (weights !== undefined) {
    const ours = weights['express/coatcheck']?.median;
    const rows = Object.entries(weights).map(([id, bytes]) => [
      named(id),
      ours === undefined ? '–' : figure(bytes.median / ours),
      spread(bytes),
    ]);
    parts.push(
      '## Memory of a session',
      'Bytes in the heap and outside for each of 200,000 sessions in the memory store.',
      table(['', 'of Coatcheck’s', 'bytes'], rows),
    );
  }
  if (sweeps !== undefined) {
    const rows = Object.entries(sweeps).map(([id, sweep]) => [
      named(id),
      spread(sweep.busyMilliseconds),
      spread(sweep.longestMilliseconds),
      spread(sweep.idleLongestMilliseconds),
      thousands(sweep.swept),
    ]);
    parts.push(
      '## Sweeping the memory store',
      'A slice is a stretch in which nothing else in the process could run. An idle event loop was watched for 300 ms before: so long the machine itself stood still.',
      table(['', 'ms of work', 'longest slice in ms', 'longest while idle in ms', 'sessions'], rows),
    );
  }
  return parts;
}

function drawTable({ draws }: Results): string[] {
  if (draws === undefined) return [];
  const rows = [
    ['a token of Coatcheck: 16 bytes of ID and 32 of secret', spread(draws.token)],
    ['an ID of express-session: 24 bytes (uid-safe)', spread(draws.expressSessionId)],
    ['the hash of a secret, SHA-256 with `crypto.hash`', spread(draws.hash)],
    ['the same with `crypto.subtle.digest`', spread(draws.webCryptoHash)],
  ];
  return ['## Drawing and hashing', table(['', 'ns'], rows)];
}

function bundleTable({ bundles }: Results): string[] {
  if (bundles === undefined) return [];
  const rows = Object.entries(bundles).map(([name, { minified, compressed }]) => [
    name,
    (compressed / 1000).toFixed(1),
    (minified / 1000).toFixed(1),
  ]);
  return [
    '## Size in a bundle',
    'Bundled for Node.js with all dependencies but the framework and the database’s client; the worker for workerd, with the framework.',
    table(['', 'kB minified and compressed', 'kB minified'], rows),
  ];
}

function importTable({ imports }: Results): string[] {
  if (imports === undefined) return [];
  const theirs = imports['hono-sessions']?.median;
  const rows = Object.entries(imports).map(([name, time]) => [
    name,
    theirs === undefined ? '–' : figure(time.median / theirs),
    spread(time),
  ]);
  return [
    '## Importing',
    'In a new process of Node.js that has imported Hono.',
    table(['', 'of hono-sessions’', 'ms'], rows),
  ];
}
