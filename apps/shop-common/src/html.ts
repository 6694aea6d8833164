/** A value inside an `html` template: strings and numbers are escaped, `Html` is not, undefined and false are omitted. */
export type Piece = Html | string | number | undefined | false | readonly Piece[];

/** Markup in which every value has been escaped. Only `html` creates it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/**
 * Creates markup from a template and escapes every value in it, so that a visitor's input cannot become markup.
 *
 * Danger: put attribute values in double quotes, and never insert a value into a tag name or an attribute name.
 */
export function html(literals: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let markup = '';
  for (const [index, literal] of literals.entries()) markup += literal + markupOf(pieces[index]);
  return new Html(markup);
}

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Html) return piece.toString();
  if (typeof piece === 'object') return piece.map(markupOf).join('');
  return String(piece).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
