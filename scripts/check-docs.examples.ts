// The examples in the docstrings of public symbols, as the blocks of a page, so that they are checked like those.

import ts from 'typescript';
import { type EntryPoint, exportsOf, membersOf, readProgram } from './public-api.ts';

/** The examples of one source file. */
export interface Examples {
  readonly file: string;
  /** The examples without their `*`, each line with the number that it has in the source file. */
  readonly markdown: string;
  /** The lines of examples that have no block of code. */
  readonly bare: readonly number[];
  /** What an example need not import, as one line of imports. */
  readonly imports: string;
}

/**
 * Finds the examples of everything that modules export. An example need not import what its module exports, what `@coatcheck/core` exports, and what `given` has for
 * the package.
 *
 * @param given the files that say what examples take as given, by the folders of the packages
 */
export function findExamples(
  entries: readonly EntryPoint[],
  given: ReadonlyMap<string, string>,
): readonly Examples[] {
  const program = readProgram([...entries.map(({ file }) => file), ...given.values()]);
  const found = new Map<string, Examples>();
  for (const entry of entries) {
    const exported = exportsOf(program, entry.file);
    const own = given.get(entry.folder);
    const sources = [
      ...(own === undefined ? [] : [{ specifier: own, file: own }]),
      entry,
      ...entries.filter(({ specifier }) => specifier === '@coatcheck/core'),
    ];
    for (const each of exported) {
      if (found.has(each.file) || !each.file.includes(`/${entry.folder}/`)) continue;
      const inFile = exported.filter(({ file }) => file === each.file);
      const tags = inFile.flatMap((one) => [one.symbol, ...membersOf(one)]).flatMap(examplesOf);
      found.set(each.file, { file: each.file, ...blocksOf(tags), imports: importsFrom(program, sources) });
    }
  }
  return [...found.values()].filter(({ markdown }) => markdown !== '');
}

/**
 * Makes an example a whole file, without moving a line: the body of a function, so that it can await and return, unless it exports or declares something
 * itself.
 */
export function completeExample(code: string, imports: string): string {
  const lines = code.split('\n');
  const isModule = lines.some((line) => /^(?:export|declare) /.test(line));
  const head = Math.max(
    lines.findLastIndex((line) => /^import |^\} from /.test(line)),
    0,
  );
  if (!isModule) {
    lines[head] += ' export async function example() {';
    lines.push('}');
  }
  lines[0] = `${imports} ${lines[0]}`;
  return lines.join('\n');
}

function examplesOf({ declarations = [] }: ts.Symbol): readonly ts.JSDocTag[] {
  return declarations
    .flatMap((each) => ts.getJSDocTags(each))
    .filter((tag) => tag.tagName.text === 'example');
}

function blocksOf(tags: readonly ts.JSDocTag[]): Pick<Examples, 'markdown' | 'bare'> {
  const lines: string[] = [];
  const bare: number[] = [];
  for (const tag of tags) {
    const source = tag.getSourceFile();
    const [first, last] = [tag.getStart(), tag.end].map(
      (at) => source.getLineAndCharacterOfPosition(at).line,
    );
    const text = source.text
      .split('\n')
      .slice(first, last)
      .map((line) => line.replace(/^\s*\* ?/, ''));
    if (!text.some((line) => line.startsWith('```'))) bare.push((first ?? 0) + 1);
    for (const [index, line] of text.entries()) lines[(first ?? 0) + index] = line;
  }
  return { markdown: Array.from(lines, (line) => line ?? '').join('\n'), bare };
}

function importsFrom(
  program: ts.Program,
  sources: readonly Pick<EntryPoint, 'specifier' | 'file'>[],
): string {
  const taken = new Set(['default']);
  return sources
    .map(({ specifier, file }) => {
      const names = exportsOf(program, file)
        .map(({ name }) => name)
        .filter((name) => !taken.has(name));
      for (const name of names) taken.add(name);
      return `import { ${names.join(', ')} } from '${specifier}';`;
    })
    .join(' ');
}
