import { describe, expect, it, vi } from 'vitest';
import type { Plant } from './bundle.ts';
import { readCorpus } from './corpus.ts';
import { Fuzzer } from './fuzzer.ts';
import { instrument } from './instrumented.ts';
import { TARGETS } from './targets.ts';

vi.setConfig({ testTimeout: 180_000 });

/** A fault is found in some seconds on a machine with nothing else to do. */
const LIMIT = 120_000;

describe.for(Object.entries(TARGETS))('the corpus of %s', ([name, fuzz]) => {
  it('breaks no promise', () => {
    const corpus = [...readCorpus(name)];
    expect(corpus.length).toBeGreaterThan(1);
    for (const [file, input] of corpus) expect(() => fuzz(input), file).not.toThrow();
  });
});

describe('the fuzzer finds a fault that is planted into', () => {
  it.for<[target: string, plant: Plant, message: RegExp]>([
    [
      'cookie',
      {
        file: 'packages/core/src/http/transports/cookie.ts',
        find: "return line[at] === ' ' || line[at] === '\\t';",
        replace: "return line[at] === ' ' || line[at] === '\\t' || line[at] === '\\v';",
      },
      /Expected values to be strictly deep-equal/,
    ],
    [
      'token',
      {
        file: 'packages/core/src/session/token.ts',
        find: '[AEIMQUYcgkosw048]$/;',
        replace: '[\\w-]$/;',
      },
      /Expected values to be strictly equal/,
    ],
    [
      'record',
      {
        file: 'packages/core/src/records/record.ts',
        find: '(n === undefined || isTuple(n, [isString, isString])) &&',
        replace: '',
      },
      /./,
    ],
    [
      'request',
      {
        file: 'packages/core/src/http/cross-site.ts',
        find: 'if (host === undefined || !URL.canParse(origin)) return false;',
        replace: 'if (host === undefined) return false;',
      },
      /Invalid URL/,
    ],
  ])('%s', async ([target, plant, message]) => {
    const fuzzer = new Fuzzer(await instrument(target, plant), 1);
    const inCorpus = [...readCorpus(target).values()].map((input) => fuzzer.try(input));
    const finding = inCorpus.find((each) => each !== undefined) ?? fuzzer.run(LIMIT);
    expect(String(finding?.error)).toMatch(message);
  });
});
