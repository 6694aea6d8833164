// Finds every error that source files make, with the messages that it can have.

import ts from 'typescript';
import { type Arguments, Wording } from './errors-page.wording.ts';

/** One message of an error. */
export interface ErrorMessage {
  /** The code of a `SessionError`; undefined for errors of other classes. */
  readonly code: string | undefined;
  /** The name of the class. */
  readonly type: string;
  readonly message: string;
  /** The file that makes the error. */
  readonly file: string;
}

type Call = ts.CallExpression | ts.NewExpression;

const CODED = 'SessionError';
const BUILT_IN: ReadonlySet<string> = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'AggregateError',
]);

/**
 * Finds the messages that the files can make. A message that a function builds from its parameters is given once for each call of that
 * function, however many functions pass them on.
 */
export function findMessages(files: readonly string[], options: ts.CompilerOptions): ErrorMessage[] {
  const program = ts.createProgram(files, options);
  const sources = program.getSourceFiles().filter(({ fileName }) => files.includes(fileName));
  const finder = new MessageFinder(program.getTypeChecker(), sources);
  return sources.flatMap((source) => finder.find(source));
}

class MessageFinder {
  readonly #wording: Wording;
  /** The calls of each function, by its declaration. */
  readonly #calls = new Map<ts.Node, Call[]>();

  constructor(checker: ts.TypeChecker, sources: readonly ts.SourceFile[]) {
    this.#wording = new Wording(checker);
    for (const source of sources) {
      visit(source, (node) => {
        if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return;
        const declaration = checker.getResolvedSignature(node)?.declaration;
        if (declaration === undefined) return;
        const calls = this.#calls.get(declaration);
        if (calls === undefined) this.#calls.set(declaration, [node]);
        else calls.push(node);
      });
    }
  }

  find(source: ts.SourceFile): ErrorMessage[] {
    const found: ErrorMessage[] = [];
    visit(source, (node) => {
      const made = errorMadeBy(node);
      if (made?.message === undefined) return;
      const code = made.code && this.#codeOf(made.code);
      for (const message of this.#messages(made.message)) {
        found.push({ code, type: made.type, message, file: source.fileName });
      }
    });
    return found;
  }

  #codeOf(node: ts.Expression): string {
    const [code = '', ...others] = this.#messages(node);
    if (others.length === 0 && /^ERR_[A-Z_]+$/.test(code)) return code;
    const source = node.getSourceFile();
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    throw new Error(
      `${source.fileName}:${line} the code of a ${CODED} must be one that the source spells out`,
    );
  }

  /** Writes out an expression for each call of the functions whose parameters it depends on. */
  #messages(node: ts.Expression, known: Arguments = new Map()): string[] {
    const { texts, open } = this.#wording.write(node, known);
    const passed = new Set<ts.Node>([...known.keys()].map(({ parent }) => parent));
    // The innermost function first: those around it are known from where it is called.
    for (const { parent } of [...open].sort((a, b) => b.pos - a.pos)) {
      const calls = this.#calls.get(parent);
      if (calls === undefined || passed.has(parent)) continue;
      // A function that calls itself, also by way of another, adds no message.
      const others = calls.filter(
        (call) => ts.findAncestor(call, (each) => each === parent || passed.has(each)) === undefined,
      );
      return unique(others.flatMap((call) => this.#messages(node, withArguments(known, parent, call))));
    }
    return texts;
  }
}

function withArguments(known: Arguments, callee: ts.SignatureDeclaration, call: Call): Arguments {
  const all = new Map(known);
  for (const [index, each] of callee.parameters.entries())
    all.set(each, call.arguments?.[index] ?? each.initializer);
  return all;
}

/** Says which error a node makes, if any: `new SessionError(code, message)`, `new TypeError(message)`, or `super(message)` in a class of errors. */
function errorMadeBy(
  node: ts.Node,
): { type: string; code?: ts.Expression | undefined; message: ts.Expression | undefined } | undefined {
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    const type = node.expression.text;
    const [first, second] = node.arguments ?? [];
    if (type === CODED) return { type, code: first, message: second };
    return BUILT_IN.has(type) ? { type, message: first } : undefined;
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.SuperKeyword) return undefined;
  const owner = ts.findAncestor(node, ts.isClassLike);
  const base = owner?.heritageClauses?.[0]?.types[0]?.expression;
  const type = owner?.name?.text ?? 'Error';
  const isError = base !== undefined && ts.isIdentifier(base) && BUILT_IN.has(base.text);
  return isError && type !== CODED ? { type, message: node.arguments[0] } : undefined;
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
