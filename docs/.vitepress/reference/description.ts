// The description of one public symbol, as Markdown.

import { relative } from 'node:path';
import ts from 'typescript';
import { type Exported, membersOf } from '../../../scripts/public-api.ts';
import { REPOSITORY } from '../repository-links.ts';
import { type Docstring, docstringOf } from './docstring.ts';
import { anchorOf, type DescribedModule, type Reference } from './links.ts';
import { root } from './modules.ts';
import { hasMembers, signatureOf, sourceOf } from './signature.ts';

/** Describes what one module exports. */
export class Describer {
  readonly #reference: Reference;
  readonly #module: DescribedModule;

  constructor(reference: Reference, module: DescribedModule) {
    this.#reference = reference;
    this.#module = module;
  }

  /** Returns the section about a symbol. */
  describe(exported: Exported): string {
    const { name, symbol } = exported;
    const declarations = callable(symbol.declarations ?? []);
    const members = declarations.some(hasMembers) ? membersOf(exported) : [];
    const code = members.length === 0 && declarations.some(isOpaque) ? sourceOf : signatureOf;
    const title = name === 'default' ? `${declaredName(declarations[0])} (default export)` : name;
    const links = this.#reference.linksIn(declarations, symbol, this.#module.page);
    return [
      `## ${title} {#${anchorOf(name)}}`,
      ...this.#overloads(declarations, code),
      [...(links.length > 0 ? [`See ${links.join(', ')}.`] : []), sourceLink(declarations[0])].join(' '),
      ...members.map((member) => this.#member(name, member)),
    ].join('\n\n');
  }

  #member(owner: string, member: ts.Symbol): string {
    const declarations = callable(member.declarations ?? []);
    const signatures = declarations.every(isProperty)
      ? [
          propertyOf(declarations[0]),
          ...this.#text(declarations.map(docstringOf).find((doc) => doc !== undefined)),
        ]
      : this.#overloads(declarations, signatureOf);
    const hasOwnText = declarations.some((each) => docstringOf(each) !== undefined);
    return [
      `### ${member.name} {#${anchorOf(owner, member.name)}}`,
      ...signatures,
      ...(hasOwnText ? [] : [escaped(this.#reference.inheritedText(member))]),
    ].join('\n\n');
  }

  /** Returns the signatures, each with its own docstring. Signatures without one share that of the one before. */
  #overloads(
    declarations: readonly ts.Declaration[],
    code: (node: ts.Declaration) => string,
  ): readonly string[] {
    const parts: { signatures: string[]; doc: Docstring | undefined }[] = [];
    for (const declaration of declarations) {
      const doc = docstringOf(declaration);
      const last = parts.at(-1);
      if (last !== undefined && doc === undefined) last.signatures.push(code(declaration));
      else parts.push({ signatures: [code(declaration)], doc });
    }
    return parts.flatMap(({ signatures, doc }) => [block(signatures.join('\n')), ...this.#text(doc)]);
  }

  #text(doc: Docstring | undefined): readonly string[] {
    if (doc === undefined) return [];
    const { text, parameters, throws, examples } = doc;
    const parts = [
      text,
      ...[...parameters].map(([name, about]) => `- \`${name}\`: ${about}`),
      ...(throws.length === 0 ? [] : [`**Errors**`, throws.map((each) => `- ${linkCodes(each)}`).join('\n')]),
      ...examples.map((example) => (example.includes('```') ? example : block(example))),
    ];
    return parts
      .filter((part) => part !== '')
      .map((part) => this.#reference.resolveLinks(escaped(part), this.#module));
  }
}

/** Leaves out the implementation of a function that has overloads: callers do not see it. */
function callable(declarations: readonly ts.Declaration[]): readonly ts.Declaration[] {
  const signatures = declarations.filter((each) => !isImplementation(each));
  return signatures.length > 0 ? signatures : declarations.slice(0, 1);
}

function isImplementation(node: ts.Declaration): boolean {
  const hasBody =
    ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node);
  return hasBody && node.body !== undefined;
}

/** Tells whether a declaration is shown as it is: a type alias, or an interface whose members are described elsewhere. */
function isOpaque(node: ts.Declaration): boolean {
  return ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
}

function isProperty(node: ts.Declaration): boolean {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);
}

/** Returns a property with its type: in a line, if it fits into one. */
function propertyOf(node: ts.Declaration | undefined): string {
  const signature = node === undefined ? '' : signatureOf(node).replace(/;$/, '');
  return signature.includes('\n') || signature.length > 90 ? block(signature) : `\`${signature}\``;
}

function declaredName(node: ts.Declaration | undefined): string {
  return (node && ts.getNameOfDeclaration(node)?.getText()) ?? 'default';
}

function block(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

/** Links the codes of errors to their meaning. */
function linkCodes(text: string): string {
  return text.replace(/`(ERR_\w+)`/g, '[`$1`](/errors-and-events.md#errors)');
}

/** Escapes what Vue would take for a tag or an expression, outside of code. */
function escaped(markdown: string): string {
  return markdown
    .split(/(```[\s\S]*?```|`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;')))
    .join('');
}

function sourceLink(node: ts.Declaration | undefined): string {
  if (node === undefined) return '';
  const source = node.getSourceFile();
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `[Source](${REPOSITORY}/blob/main/${relative(root, source.fileName)}#L${line + 1})`;
}
