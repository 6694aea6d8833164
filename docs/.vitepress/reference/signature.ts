// How a declaration looks to callers: its source, without its body.

import ts from 'typescript';

/**
 * Returns the source of a declaration without its body, its value, its docstring, and words such as `export`. A class shows its constructor, and
 * an interface how it is called.
 */
export function signatureOf(node: ts.Declaration): string {
  if (!hasMembers(node)) return headOf(node);
  const calls = [...node.members]
    .filter(isCall)
    .map((each) => `  ${signatureOf(each).replaceAll('\n', '\n  ')}`);
  return calls.length === 0 ? headOf(node) : `${headOf(node)} {\n${calls.join('\n')}\n}`;
}

function headOf(node: ts.Declaration): string {
  if (ts.isVariableDeclaration(node))
    return `const ${node.name.getText()}: ${node.type?.getText() ?? 'unknown'}`;
  const end = endOfHead(node);
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const hidden = modifiers.filter(({ kind }) => HIDDEN.has(kind));
  // What is hidden comes first in a declaration.
  const start = modifiers.find(({ kind }) => !HIDDEN.has(kind))?.getStart() ?? afterModifiers(node, hidden);
  return dedent(node, start, end);
}

/** Returns the whole source of a declaration, with the comments inside. */
export function sourceOf(node: ts.Declaration): string {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return dedent(node, afterModifiers(node, modifiers), node.getEnd());
}

/** Words that say nothing to callers. */
const HIDDEN: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.DefaultKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.AsyncKeyword,
  ts.SyntaxKind.OverrideKeyword,
]);

/** Returns where a declaration's body, members or value begin. */
function endOfHead(node: ts.Declaration): number {
  if (hasMembers(node)) return node.members.pos - 1;
  if (ts.isPropertyDeclaration(node)) return (node.type ?? node.name).getEnd();
  const hasBody = ts.isFunctionLike(node) && 'body' in node;
  return (hasBody ? node.body?.getStart() : undefined) ?? node.getEnd();
}

/** Tells whether a declaration has members, which are described one by one. */
export function hasMembers(node: ts.Node): node is ts.ClassDeclaration | ts.InterfaceDeclaration {
  return ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node);
}

function isCall(node: ts.Node): node is ts.ConstructorDeclaration | ts.CallSignatureDeclaration {
  return ts.isConstructorDeclaration(node) || ts.isCallSignatureDeclaration(node);
}

function afterModifiers(node: ts.Node, modifiers: readonly ts.Node[]): number {
  const last = modifiers.at(-1);
  if (last === undefined) return node.getStart();
  const rest = node.getSourceFile().text.slice(last.getEnd());
  return last.getEnd() + (rest.length - rest.trimStart().length);
}

/** Returns a part of the source, without the indentation that it has there. */
function dedent(node: ts.Node, start: number, end: number): string {
  const source = node.getSourceFile();
  const { character } = source.getLineAndCharacterOfPosition(node.getStart());
  return source.text
    .slice(start, end)
    .trimEnd()
    .replaceAll(`\n${' '.repeat(character)}`, '\n');
}
