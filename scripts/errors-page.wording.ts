// Writes out an expression of the source that makes a string: each of its branches, with a `<name>` for what is known only at run time.

import ts from 'typescript';

/** The arguments that calls pass for parameters. */
export type Arguments = ReadonlyMap<ts.ParameterDeclaration, ts.Expression | undefined>;

/** An expression with more branches than this becomes a single `<name>`. */
const MAX_BRANCHES = 12;
/** What stands in a message before the value that was wrong. */
const BEFORE_VALUE = /\breceived (?:an? )?'?$/;
const HOLE = /^<\w+>$/;

/** Writes out expressions of one program. */
export class Wording {
  readonly #checker: ts.TypeChecker;
  #known: Arguments = new Map();
  #open = new Set<ts.ParameterDeclaration>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Writes out each branch of an expression; `open` names the parameters that it depends on and that `known` has no argument for. */
  write(
    node: ts.Expression,
    known: Arguments,
  ): { texts: string[]; open: ReadonlySet<ts.ParameterDeclaration> } {
    this.#known = known;
    this.#open = new Set();
    const texts = [...new Set(this.#branches(node))];
    return { texts, open: this.#open };
  }

  #branches(node: ts.Expression): string[] {
    const number = numberOf(node);
    if (number !== undefined) return [String(number)];
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return this.#branches(node.expression);
    if (ts.isTemplateExpression(node)) return this.#templateBranches(node);
    if (ts.isConditionalExpression(node)) {
      const branches = [node.whenTrue, node.whenFalse].filter((each) => !isUndefined(each));
      const texts = branches.flatMap((each) => this.#branches(each));
      return texts.every((each) => HOLE.test(each)) ? texts.slice(0, 1) : texts;
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      return combine([this.#branches(node.left), this.#branches(node.right)]);
    }
    if (ts.isIdentifier(node)) return this.#nameBranches(node);
    if (ts.isCallExpression(node)) return this.#callBranches(node);
    return this.#membersOf(node) ?? [holeOf(node)];
  }

  #templateBranches({ head, templateSpans }: ts.TemplateExpression): string[] {
    const parts: string[][] = [[head.text]];
    let before = head.text;
    for (const { expression, literal } of templateSpans) {
      parts.push(BEFORE_VALUE.test(before) ? ['<value>'] : this.#branches(expression), [literal.text]);
      before = literal.text;
    }
    return combine(parts);
  }

  #nameBranches(node: ts.Identifier): string[] {
    const declaration = this.#declarationOf(node);
    if (declaration !== undefined && ts.isParameter(declaration))
      return this.#parameterBranches(node, declaration);
    const initializer = constantOf(declaration);
    if (initializer !== undefined && this.#isString(initializer))
      return named(this.#branches(initializer), node);
    const number = initializer && numberOf(initializer);
    return number === undefined ? (this.#membersOf(node) ?? [holeOf(node)]) : [String(number)];
  }

  #parameterBranches(node: ts.Identifier, declaration: ts.ParameterDeclaration): string[] {
    const argument = this.#argumentOf(declaration);
    if (argument === undefined) return this.#membersOf(node) ?? [holeOf(node)];
    return named(this.#branches(argument), node);
  }

  /** Gives the argument for a parameter, and notes where there is none yet. */
  #argumentOf(declaration: ts.ParameterDeclaration): ts.Expression | undefined {
    if (!this.#known.has(declaration)) this.#open.add(declaration);
    return this.#known.get(declaration);
  }

  #callBranches(node: ts.CallExpression): string[] {
    const { expression } = node;
    const [argument] = node.arguments;
    if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'join') {
      const elements = this.#elementsOf(expression.expression);
      if (elements !== undefined && argument !== undefined && ts.isStringLiteralLike(argument)) {
        return [elements.join(argument.text)];
      }
    }
    const returned = this.#returnsOf(node)?.flatMap((each) => this.#branches(each));
    if (
      returned !== undefined &&
      returned.length <= MAX_BRANCHES &&
      !returned.some((each) => each.includes('<'))
    ) {
      return returned;
    }
    return [holeOf(argument ?? expression)];
  }

  /** Gives the strings of a list or a set that the source spells out. */
  #elementsOf(node: ts.Expression): string[] | undefined {
    if (ts.isArrayLiteralExpression(node)) {
      const parts = node.elements.map((each) => {
        if (ts.isSpreadElement(each)) return this.#elementsOf(each.expression);
        return ts.isStringLiteralLike(each) ? [each.text] : undefined;
      });
      return parts.every((each) => each !== undefined) ? parts.flat() : undefined;
    }
    const inner = ts.isNewExpression(node)
      ? node.arguments?.[0]
      : ts.isIdentifier(node)
        ? this.#behind(node)
        : undefined;
    return inner && this.#elementsOf(inner);
  }

  #behind(node: ts.Identifier): ts.Expression | undefined {
    const declaration = this.#declarationOf(node);
    return declaration !== undefined && ts.isParameter(declaration)
      ? this.#argumentOf(declaration)
      : constantOf(declaration);
  }

  /** Gives what a function of ours returns, where that is written as strings. */
  #returnsOf(call: ts.CallExpression): ts.Expression[] | undefined {
    const declaration = this.#checker.getResolvedSignature(call)?.declaration;
    if (declaration === undefined || !ts.isFunctionDeclaration(declaration) || !declaration.body)
      return undefined;
    const returned: ts.Expression[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isFunctionLike(node)) return;
      if (ts.isReturnStatement(node) && node.expression && !isUndefined(node.expression))
        returned.push(node.expression);
      ts.forEachChild(node, look);
    };
    look(declaration.body);
    return returned.length > 0 && returned.every(isSpelledOut) ? returned : undefined;
  }

  /** Gives the members of a type that is a union of strings. */
  #membersOf(node: ts.Expression): string[] | undefined {
    if (ts.isTypeOfExpression(node)) return undefined;
    const type = this.#checker.getTypeAtLocation(node);
    const members = type.isUnion() ? type.types : [type];
    const texts = members.flatMap((each) => (each.isStringLiteral() ? [each.value] : []));
    return texts.length === members.length && texts.length <= MAX_BRANCHES ? texts : undefined;
  }

  #isString(node: ts.Expression): boolean {
    const type = this.#checker.getTypeAtLocation(node);
    const members = type.isUnion() ? type.types : [type];
    return members.every(({ flags }) => (flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Undefined)) !== 0);
  }

  #declarationOf(node: ts.Identifier): ts.Declaration | undefined {
    const symbol = this.#checker.getSymbolAtLocation(node);
    if (symbol === undefined) return undefined;
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return (isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol).valueDeclaration;
  }
}

/** Joins every branch of each part with every branch of the next. */
function combine(parts: readonly (readonly string[])[]): string[] {
  return parts.reduce<string[]>(
    (texts, part) => texts.flatMap((text) => part.map((each) => text + each)),
    [''],
  );
}

/** Names a value by the place that uses it, where it is written out as nothing but a `<name>`. */
function named(texts: readonly string[], node: ts.Identifier): string[] {
  if (texts.length > MAX_BRANCHES) return [holeOf(node)];
  return texts.map((text) => (HOLE.test(text) ? holeOf(node) : text));
}

function holeOf(node: ts.Node): string {
  let name = '';
  const look = (each: ts.Node): void => {
    if (ts.isIdentifier(each) || ts.isPrivateIdentifier(each)) name ||= each.text.replace('#', '');
    ts.forEachChild(each, look);
  };
  look(ts.isPropertyAccessExpression(node) ? node.name : node);
  return `<${name || 'value'}>`;
}

function constantOf(declaration: ts.Declaration | undefined): ts.Expression | undefined {
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
  return (declaration.parent.flags & ts.NodeFlags.Const) !== 0 ? declaration.initializer : undefined;
}

function isUndefined(node: ts.Expression): boolean {
  return ts.isIdentifier(node) && node.text === 'undefined';
}

function isSpelledOut(node: ts.Expression): boolean {
  if (ts.isConditionalExpression(node)) return isSpelledOut(node.whenTrue) && isSpelledOut(node.whenFalse);
  return ts.isStringLiteralLike(node) || isUndefined(node);
}

/** Computes a number that is written as one or as arithmetic, such as 2 ** 31 - 1. */
function numberOf(node: ts.Expression): number | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (!ts.isBinaryExpression(node)) return undefined;
  const left = numberOf(node.left);
  const right = numberOf(node.right);
  if (left === undefined || right === undefined) return undefined;
  if (node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken) return left ** right;
  if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return left * right;
  return node.operatorToken.kind === ts.SyntaxKind.MinusToken ? left - right : undefined;
}
