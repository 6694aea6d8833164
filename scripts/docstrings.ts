// Finds public symbols without a docstring, and functions without an example: what the entry points of the packages export, and the members
// of these types.

import { relative } from 'node:path';
import ts from 'typescript';
import { exportsOf, membersOf, readProgram } from './public-api.ts';

/** What the docstrings of some modules lack. */
export interface Documented {
  /** The public symbols without a docstring, as `file: Type.member`. */
  readonly missing: readonly string[];
  /** The functions and classes without an example, in the same form. */
  readonly withoutExample: readonly string[];
  /** How many public symbols there are. */
  readonly all: number;
}

/** Looks at the docstrings of everything that modules export, and of the members of these types. */
export function checkDocstrings(files: readonly string[], root: string): Documented {
  const program = readProgram(files);
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  const withoutExample = new Set<string>();
  const seen = new Set<ts.Symbol>();
  const look = (symbol: ts.Symbol, name: string, file: string) => {
    seen.add(symbol);
    if (symbol.getDocumentationComment(checker).length === 0) missing.add(`${relative(root, file)}: ${name}`);
  };
  for (const exported of files.flatMap((file) => exportsOf(program, file))) {
    const { name, symbol, file } = exported;
    if (seen.has(symbol)) continue;
    look(symbol, name, file);
    const hasExample = symbol.getJsDocTags(checker).some((tag) => tag.name === 'example');
    if (isCalled(symbol) && !hasExample) withoutExample.add(`${relative(root, file)}: ${name}`);
    for (const member of membersOf(exported)) {
      if (!seen.has(member)) look(member, `${name}.${member.name}`, file);
    }
  }
  return { missing: [...missing].sort(), withoutExample: [...withoutExample].sort(), all: seen.size };
}

/** Tells whether callers use a symbol by calling it. */
function isCalled({ flags }: ts.Symbol): boolean {
  return (flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0;
}
