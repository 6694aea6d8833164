// The docstring of a declaration, in parts.

import ts from 'typescript';

/** What a docstring says. Each part is Markdown, in which `{@link name}` may stand. */
export interface Docstring {
  readonly text: string;
  /** The parameters that need a word, by their names. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The errors, one sentence each. */
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

/** Returns the docstring of a declaration; undefined if it has none of its own, as the later ones of several overloads. */
export function docstringOf(node: ts.Node): Docstring | undefined {
  const doc = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc);
  if (doc === undefined) return undefined;
  const tags: readonly ts.JSDocTag[] = doc.tags ?? [];
  return {
    text: textOf(doc),
    parameters: new Map(
      tags.filter(ts.isJSDocParameterTag).map((tag) => [tag.name.getText(), textOf(tag)] as const),
    ),
    throws: tags.filter(ts.isJSDocThrowsTag).map((tag) => errorOf(tag)),
    examples: tags.filter(({ tagName }) => tagName.text === 'example').map(textOf),
  };
}

function textOf({ comment }: ts.JSDoc | ts.JSDocTag): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}

/** Returns which error it is and when it is thrown. That it is a `SessionError` goes without saying. */
function errorOf(tag: ts.JSDocThrowsTag): string {
  const text = textOf(tag).replace(/^SessionError\s+/, '');
  const type = tag.typeExpression?.type.getText() ?? 'SessionError';
  return type === 'SessionError' ? text : `\`${type}\` ${text}`;
}
