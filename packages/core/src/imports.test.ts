import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import { expect, it } from 'vitest';

const SOURCES = import.meta.dirname;
/** What is not published: tests, and what only they use. */
const UNPUBLISHED = /\.test(?:-d)?\.ts$|^(?:test-support|search|lossy)\//;

function sourceFiles(): string[] {
  return readdirSync(SOURCES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SOURCES, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !UNPUBLISHED.test(file));
}

/** Lists what a file imports, statically, dynamically, or by passing it on. */
function specifiersOf(file: string): string[] {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].map(([, ...groups]) => groups.find((each) => each !== undefined) ?? '');
}

const FILES = sourceFiles();

it('finds the sources, and their imports', () => {
  expect(FILES.length).toBeGreaterThan(50);
  expect(specifiersOf('digest/node.ts')).toContain('node:crypto');
  expect(specifiersOf('token.ts')).toContain('#digest');
});

it('imports nothing of Node.js but in digest/node.ts, which a condition chooses', () => {
  const builtin = new Set(builtinModules);
  const isNode = (specifier: string) =>
    specifier.startsWith('node:') || builtin.has(specifier.split('/')[0] ?? '');
  const importing = FILES.filter((file) => specifiersOf(file).some(isNode));
  expect(importing).toEqual(['digest/node.ts']);
});

it('imports the two digests by the condition alone', () => {
  const importing = FILES.filter((file) =>
    specifiersOf(file).some((each) => /digest\/(?:node|portable)/.test(each)),
  );
  expect(importing).toEqual([]);
});

it('imports from packages only those that package.json names', () => {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(SOURCES, '..', 'package.json'), 'utf8'),
  );
  const packages = FILES.flatMap(specifiersOf)
    .filter((each) => !/^[.#]|^node:/.test(each))
    .map((each) =>
      each
        .split('/')
        .slice(0, each.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  expect(new Set(packages)).toEqual(new Set(Object.keys(manifest.dependencies)));
});

it('uses no global of Node.js but in digest/node.ts', () => {
  const using = FILES.filter((file) => {
    const code = readFileSync(join(SOURCES, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    return /\b(?:Buffer|setImmediate|__dirname|__filename)\b/.test(code);
  });
  expect(using.filter((file) => file !== 'digest/node.ts')).toEqual([]);
});

it('publishes no test support', () => {
  const importing = FILES.filter((file) =>
    specifiersOf(file).some((each) => /test-support|search\/|lossy\//.test(each)),
  );
  expect(importing).toEqual([]);
});
