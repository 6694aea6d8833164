import { availableParallelism } from 'node:os';
import { FUZZED, fuzz } from './src/fuzz/fuzz.ts';

// Sends a million random requests over raw sockets to each adapter, and looks that the process lives, that no response is a 5xx and that the heap stays flat:
// `pnpm --filter bench request-fuzz [requests] [seed] [adapter ...]`
const [requests = '1000000', seed = '1', ...named] = process.argv.slice(2);
const waiting = named.length > 0 ? named : [...FUZZED];

async function lane(): Promise<void> {
  for (let adapter = waiting.shift(); adapter !== undefined; adapter = waiting.shift()) {
    const { statuses, heaps, stderr, isAlive } = await fuzz(adapter, Number(requests), Number(seed));
    const counts = [...statuses].toSorted(([a], [b]) => a - b);
    const isFine = isAlive && counts.every(([status]) => status < 500) && heaps[1] < heaps[0] * 1.25 + 2e6;
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const told = counts.map(([status, count]) => `${status}: ${count}`).join(', ');
    const [early, late] = heaps.map((bytes) => (bytes / 1e6).toFixed(1));
    console.log(
      `${isFine ? 'ok  ' : 'FAIL'} ${adapter}: ${total} responses (${told}), heap ${early} to ${late} MB`,
    );
    if (!isFine) {
      console.log(stderr);
      process.exitCode = 1;
    }
  }
}

await Promise.all(Array.from({ length: Math.max(1, Math.floor(availableParallelism() / 2)) }, lane));
