import { number, recovery, share, time } from './cells.ts';
import type { Failure, Result } from './results.ts';
import type { Summary } from './summary.ts';

const HEADINGS: Readonly<Record<string, string>> = {
  sqlite: 'SQLite',
  redis: 'Redis',
  cluster: 'Redis Cluster',
  postgres: 'PostgreSQL',
};

const NO_RESPONSE = ['lost', 'refused', 'late'];

const COLUMNS: readonly (readonly [heading: string, cell: (group: Group) => string])[] = [
  ['nemesis', ({ nemesis }) => `\`${nemesis}\``],
  ['seeds', ({ seeds }) => seeds.join(', ')],
  ['faults', ({ sum }) => number(sum(({ faults }) => faults))],
  ['requests', ({ sum }) => number(sum(({ requests }) => requests))],
  ['503', (group) => group.shareOf(['ERR_STORE_UNAVAILABLE'])],
  ['no response', (group) => group.shareOf(NO_RESPONSE)],
  ['p99', ({ longest }) => time(longest(({ p99 }) => p99))],
  ['slowest', ({ longest }) => time(longest(({ slowest }) => slowest))],
  ['recovery', (group) => recovery(group.recovery)],
  ['undone', ({ sum }) => number(sum(({ undone }) => undone))],
  ['violations', ({ sum }) => number(sum(({ violations }) => violations))],
];

/** The runs of one nemesis on one store. Counts are summed, times are the longest of any run. */
class Group {
  readonly nemesis: string;
  readonly #runs: readonly Result[];

  constructor(nemesis: string, runs: readonly Result[]) {
    this.nemesis = nemesis;
    this.#runs = [...runs].sort((a, b) => a.seed - b.seed);
  }

  get seeds(): readonly number[] {
    return this.#runs.map(({ seed }) => seed);
  }

  get recovery(): Summary['recovery'] {
    const times = this.#runs.map((run) => run.recovery).filter((value) => value !== undefined);
    if (times.includes('never')) return 'never';
    const numbers = times.filter((value) => value !== 'never');
    return numbers.length === 0 ? undefined : Math.max(...numbers);
  }

  readonly sum = (of: (run: Result) => number): number => this.#runs.reduce((sum, run) => sum + of(run), 0);

  readonly longest = (of: (run: Result) => number): number => Math.max(...this.#runs.map(of));

  shareOf(failures: readonly string[]): string {
    const failed = this.sum((run) => failures.reduce((sum, name) => sum + (run.failures[name] ?? 0), 0));
    return share(
      failed,
      this.sum(({ requests }) => requests),
    );
  }
}

/**
 * Writes results as docs/reliability.md shows them: how much was run, and a table of Markdown for each store.
 *
 * @throws if a run did not take place and was not made up for.
 */
export function pageOf(results: readonly (Result | Failure)[]): string {
  const runs = results.filter((each): each is Result => !('failed' in each));
  const missing = results.filter(
    (each) => 'failed' in each && !runs.some((run) => nameOf(run) === nameOf(each)),
  );
  if (missing.length > 0) {
    throw new Error(`These runs did not take place: ${missing.map(nameOf).join('; ')}.`);
  }
  const stores = [...new Set([...Object.keys(HEADINGS), ...runs.map(({ store }) => store)])];
  const tables = stores.flatMap((store) => {
    const ofStore = runs.filter((run) => run.store === store);
    return ofStore.length === 0 ? [] : [`**${HEADINGS[store] ?? store}**\n\n${tableOf(ofStore)}`];
  });
  return [introductionOf(runs), ...tables].join('\n\n');
}

function nameOf({ store, nemesis, seed, seconds }: Result | Failure): string {
  return `${store} under ${nemesis}, seed ${seed}, ${seconds} s`;
}

function introductionOf(runs: readonly Result[]): string {
  const all = (of: (run: Result) => string | number): string => [...new Set(runs.map(of))].sort().join(', ');
  const pairs = new Set(runs.map(({ store, nemesis }) => `${store} ${nemesis}`)).size;
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  return `${runs.length} runs of ${pairs} pairs, each of ${all(({ seconds }) => seconds)} s, with ${number(requests)} requests, on ${all(({ date }) => date.slice(0, 10))}. Node.js ${all(({ node }) => node)}; ${all(({ version }) => version)}.`;
}

function tableOf(runs: readonly Result[]): string {
  const nemeses = [...new Set(runs.map(({ nemesis }) => nemesis))];
  const groups = nemeses.map(
    (nemesis) =>
      new Group(
        nemesis,
        runs.filter((run) => run.nemesis === nemesis),
      ),
  );
  const rows = [
    COLUMNS.map(([heading]) => heading),
    COLUMNS.map((_, at) => (at < 2 ? '---' : '---:')),
    ...groups.map((group) => COLUMNS.map(([, cell]) => cell(group))),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
