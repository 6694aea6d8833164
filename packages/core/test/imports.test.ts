import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycle, type ImportGraph, readImports, upwardImports } from './support/import-graph.ts';

const PACKAGES = join(import.meta.dirname, '../..');
const SOURCES = join(PACKAGES, 'core/src');

/** The rooms of the core from the bottom to the top. CONTRIBUTING.md shows the same map. */
const ROOMS: readonly (readonly string[])[] = [
  ['common'],
  ['http'],
  ['store'],
  ['session'],
  ['records'],
  ['config'],
  ['users'],
  ['request'],
  ['sessions.ts'],
  ['adapter', 'testing'],
  ['index.ts'],
];

const graph = readImports(SOURCES);
const files = [...graph.keys()];
const importsOf = (file: string) => graph.get(file) ?? [];
const filesImporting = (matches: (specifier: string) => boolean) =>
  files.filter((file) => importsOf(file).some(matches));

it('finds the sources and their imports', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(importsOf('common/digest/node.ts')).toContain('node:crypto');
  expect(importsOf('session/token.ts')).toContain('#digest');
});

describe('the rooms', () => {
  it('import downwards only', () => {
    expect(upwardImports(graph, ROOMS)).toEqual([]);
  });

  it('are all there are: at most 12 entries, none of them a test', () => {
    const entries = readdirSync(SOURCES).sort();
    expect(entries).toEqual(ROOMS.flat().sort());
    expect(entries.length).toBeLessThanOrEqual(12);
  });

  it('notice a planted upward import', () => {
    const planted = plant('store/store-port.ts', '../request/load.ts');
    expect(upwardImports(planted, ROOMS)).toEqual(['store/store-port.ts -> request/load.ts']);
  });

  it('notice a planted import between rooms of one level', () => {
    const planted = plant('testing/issue.ts', '../adapter/seal-onto.ts');
    expect(upwardImports(planted, ROOMS)).toEqual(['testing/issue.ts -> adapter/seal-onto.ts']);
  });
});

const packages = readdirSync(PACKAGES).filter((name) => existsSync(join(PACKAGES, name, 'src')));

it.for(packages)('the root of packages/%s/src has at most 12 entries', (name) => {
  expect(readdirSync(join(PACKAGES, name, 'src')).length).toBeLessThanOrEqual(12);
});

describe('import cycles', () => {
  it.for(packages)('do not exist in packages/%s, type-only ones included', (name) => {
    expect(findCycle(readImports(join(PACKAGES, name, 'src')))).toBeUndefined();
  });

  it('are noticed if one is planted', () => {
    const cycle = findCycle(plant('session/session-state.ts', './lifecycle.ts'));
    expect(cycle).toContain('session/lifecycle.ts');
    expect(cycle).toContain('session/session-state.ts');
  });
});

describe('the platform', () => {
  it('is imported from Node.js in digest/node.ts alone, which a condition chooses', () => {
    const builtin = new Set(builtinModules);
    const isNode = (specifier: string) =>
      specifier.startsWith('node:') || builtin.has(specifier.split('/')[0] ?? '');
    expect(filesImporting(isNode)).toEqual(['common/digest/node.ts']);
  });

  it('gives the two digests by the condition alone', () => {
    expect(filesImporting((specifier) => /digest\/(?:node|portable)/.test(specifier))).toEqual([]);
  });

  it('is used through globals of Node.js in digest/node.ts alone', () => {
    const using = files.filter((file) => {
      const code = readFileSync(join(SOURCES, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      return /\b(?:Buffer|setImmediate|__dirname|__filename)\b/.test(code);
    });
    expect(using.filter((file) => file !== 'common/digest/node.ts')).toEqual([]);
  });
});

it('imports from packages only those that package.json names', () => {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(SOURCES, '../package.json'), 'utf8'),
  );
  const packages = files
    .flatMap(importsOf)
    .filter((each) => !/^[.#]|^node:/.test(each))
    .map((each) =>
      each
        .split('/')
        .slice(0, each.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  expect(new Set(packages)).toEqual(new Set(Object.keys(manifest.dependencies)));
});

it('publishes no test support', () => {
  expect(filesImporting((specifier) => /\/test\//.test(specifier))).toEqual([]);
});

/** Adds one import to the graph of the sources. */
function plant(file: string, specifier: string): ImportGraph {
  if (!graph.has(file)) throw new Error(`${file} is not a source.`);
  return new Map(graph).set(file, [...importsOf(file), specifier]);
}
