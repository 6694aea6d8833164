// Where the reference describes a name.

import ts from 'typescript';
import { type Exported, exportsOf, readProgram } from '../../../scripts/public-api.ts';
import { type ReferenceModule, referenceModules } from './modules.ts';

/** A module, and what it exports. */
export interface DescribedModule extends ReferenceModule {
  /** What its page describes. */
  readonly own: readonly Exported[];
  /** What another page describes. */
  readonly others: readonly Exported[];
}

/** Knows which page describes what. */
export class Reference {
  readonly modules: readonly DescribedModule[];
  readonly program: ts.Program;
  /** The page of each symbol, and its name there. */
  readonly #places = new Map<ts.Symbol, { readonly page: string; readonly name: string }>();
  readonly #checker: ts.TypeChecker;

  constructor() {
    this.program = readProgram(referenceModules.map(({ file }) => file));
    this.#checker = this.program.getTypeChecker();
    const modules = referenceModules.map((module) => ({ module, all: exportsOf(this.program, module.file) }));
    for (const { module, all } of modules) {
      for (const { name, symbol, file } of all) {
        const isHome = file.includes(`/packages/${module.folder}/`) && !this.#places.has(symbol);
        if (isHome) this.#places.set(symbol, { page: module.page, name });
      }
    }
    this.modules = modules.map(({ module, all }) => {
      const isOwn = ({ symbol }: Exported) => this.#places.get(symbol)?.page === module.page;
      return { ...module, own: all.filter(isOwn), others: all.filter((each) => !isOwn(each)) };
    });
  }

  /** Returns a link from a page to the description of a symbol; undefined if there is none. */
  linkTo(symbol: ts.Symbol, page: string): string | undefined {
    const place = this.#places.get(symbol);
    if (place === undefined) return undefined;
    const path = place.page === page ? '' : `./${place.page}.md`;
    return `[\`${place.name}\`](${path}#${anchorOf(place.name)})`;
  }

  /** Replaces `{@link name}` by a link. Throws if the module has no such name. */
  resolveLinks(text: string, { own, others, page }: DescribedModule): string {
    return text.replace(/\{@link (\w+)\}/g, (_, name: string) => {
      const found = [...own, ...others].find((each) => each.name === name);
      const link = found && this.linkTo(found.symbol, page);
      if (link === undefined) throw new Error(`{@link ${name}} leads nowhere on the page ${page}.`);
      return link;
    });
  }

  /** Returns links to the public types that declarations name, apart from `self`. */
  linksIn(nodes: readonly ts.Node[], self: ts.Symbol, page: string): readonly string[] {
    const links = new Set<string>();
    const look = (node: ts.Node): void => {
      if (ts.isBlock(node)) return;
      const named = ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node);
      if (named) {
        const symbol = this.#resolve(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
        const link = symbol && symbol !== self ? this.linkTo(symbol, page) : undefined;
        if (link !== undefined) links.add(link);
      }
      ts.forEachChild(node, look);
    };
    for (const node of nodes) look(node);
    return [...links];
  }

  /** Returns the docstring that a member has from an interface which its class implements. */
  inheritedText(member: ts.Symbol): string {
    return ts.displayPartsToString(member.getDocumentationComment(this.#checker));
  }

  #resolve(name: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** Returns the anchor of a symbol, or of one of its members. Capitals count: a module may export `session` and `Session`. */
export function anchorOf(name: string, member?: string): string {
  return member === undefined ? name : `${name}-${member}`;
}
