// What the packages export: their entry points, and a program of TypeScript that has read them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One module that an app can import. */
export interface EntryPoint {
  /** What an app writes, such as `@coatcheck/core/adapter`. */
  readonly specifier: string;
  /** The folder of its package in `packages`. */
  readonly folder: string;
  /** Its source file. */
  readonly file: string;
}

/** Returns the modules that the packages' `exports` name. */
export function entryPoints(root: string): readonly EntryPoint[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const directory = join(root, 'packages', folder);
    const { name, exports }: { name: string; exports: Record<string, { '@coatcheck/source'?: string }> } =
      JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return Object.entries(exports).flatMap(([path, { '@coatcheck/source': source }]) =>
      source === undefined
        ? []
        : [{ specifier: name + path.slice(1), folder, file: join(directory, source) }],
    );
  });
}

/** Reads source files and everything that they import. */
export function readProgram(files: readonly string[]): ts.Program {
  return ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    customConditions: ['@coatcheck/source'],
  });
}

/** Something that a module exports. */
export interface Exported {
  /** The name by which apps import it. */
  readonly name: string;
  /** What it stands for, in the file that declares it. */
  readonly symbol: ts.Symbol;
  /** The file that declares it. */
  readonly file: string;
}

/** Returns what a module of a program exports of its own or of another package of ours. */
export function exportsOf(program: ts.Program, file: string): readonly Exported[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is no module`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const declared = symbol.declarations?.[0]?.getSourceFile().fileName;
    if (declared === undefined || declared.includes('node_modules')) return [];
    return [{ name: exported.name, symbol, file: declared }];
  });
}

/** Files that describe the objects of other packages, as far as ours call them. Those packages document the members. */
const FOREIGN = /\/(clients\/clients|binding|libsql\/client)\.ts$/;

/** Returns the members of a type that callers use by their names. */
export function membersOf({ symbol, file }: Exported): readonly ts.Symbol[] {
  if (FOREIGN.test(file)) return [];
  return [...(symbol.members?.values() ?? [])].filter(({ declarations }) =>
    declarations?.some(isNamedMember),
  );
}

function isNamedMember(member: ts.Declaration): boolean {
  const isMember = ts.isTypeElement(member) || ts.isClassElement(member);
  return isMember && member.name !== undefined && !ts.isPrivateIdentifier(member.name);
}
