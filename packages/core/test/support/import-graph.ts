import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

/** What each file of a folder imports, by the file's path from that folder. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the import graph of a folder's `.ts` files, tests excluded. */
export function readImports(folder: string): ImportGraph {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test|\.test-d)\.ts$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return new Map(files.map((file) => [file, specifiersIn(readFileSync(join(folder, file), 'utf8'))]));
}

/** Lists what a module imports: statically, dynamically, as types, or by re-exporting it. */
export function specifiersIn(source: string): string[] {
  const found = source.matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*['"]([^'"]+)['"]|\brequire\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].map(([, ...groups]) => groups.find((each) => each !== undefined) ?? '');
}

/** Lists the imports that point from a room to one above it. `rooms` go from the bottom to the top; those of one level may not import each other. */
export function upwardImports(graph: ImportGraph, rooms: readonly (readonly string[])[]): string[] {
  const levelOf = (file: string) => {
    const room = file.split('/')[0] ?? '';
    const level = rooms.findIndex((level) => level.includes(room));
    if (level === -1) throw new Error(`${file} is in no room.`);
    return { room, level };
  };
  return edgesOf(graph).flatMap(([from, to]) => {
    const source = levelOf(from);
    const target = levelOf(to);
    const isAllowed = source.room === target.room || source.level > target.level;
    return isAllowed ? [] : [`${from} -> ${to}`];
  });
}

/** Finds an import cycle, type-only imports included, as the path around it; undefined if there is none. */
export function findCycle(graph: ImportGraph): readonly string[] | undefined {
  const edges = Map.groupBy(edgesOf(graph), ([from]) => from);
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (finished.has(file)) return undefined;
    const at = path.indexOf(file);
    if (at !== -1) return [...path.slice(at), file];
    path.push(file);
    for (const [, to] of edges.get(file) ?? []) {
      const cycle = visit(to);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function edgesOf(graph: ImportGraph): (readonly [from: string, to: string])[] {
  return [...graph].flatMap(([from, specifiers]) =>
    specifiers
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => [from, posix.join(posix.dirname(from), specifier)] as const),
  );
}
