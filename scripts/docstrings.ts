// Finds public symbols without a docstring: what the entry points of the packages export, and the members of these types.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** Files that describe the objects of other packages, as far as ours call them. Those packages document the members. */
const FOREIGN = /\/(clients\/clients|binding|libsql\/client)\.ts$/;

/** Returns the source files that the packages' `exports` name. */
export function entryPoints(root: string): readonly string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name);
    const { exports }: { exports: Record<string, { '@coatcheck/source'?: string }> } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    return Object.values(exports).flatMap((each) => {
      const source = each['@coatcheck/source'];
      return source === undefined ? [] : [join(folder, source)];
    });
  });
}

/** Returns the public symbols without a docstring, as `file: Type.member`, and how many there are in all. */
export function undocumented(entries: readonly string[], root: string): { missing: string[]; all: number } {
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    customConditions: ['@coatcheck/source'],
  });
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();
  const look = (symbol: ts.Symbol, name: string): string | undefined => {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName;
    if (file === undefined || file.includes('node_modules') || seen.has(symbol)) return undefined;
    seen.add(symbol);
    if (symbol.getDocumentationComment(checker).length === 0) missing.add(`${relative(root, file)}: ${name}`);
    return file;
  };
  for (const entry of entries) {
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${entry} is no module`);
    for (const exported of checker.getExportsOfModule(module)) {
      const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      const file = look(symbol, exported.name);
      if (file === undefined || FOREIGN.test(file)) continue;
      for (const member of symbol.members?.values() ?? []) {
        if (member.declarations?.some(isDocumented)) look(member, `${exported.name}.${member.name}`);
      }
    }
  }
  return { missing: [...missing].sort(), all: seen.size };
}

/** Tells whether a member is one that callers use by its name. */
function isDocumented(member: ts.Declaration): boolean {
  const isMember = ts.isTypeElement(member) || ts.isClassElement(member);
  return isMember && member.name !== undefined && !ts.isPrivateIdentifier(member.name);
}
