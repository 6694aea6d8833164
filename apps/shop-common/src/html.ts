/** What may stand inside an `html` template: text is escaped, `Html` is not, and nothing is left out. */
export type Piece = Html | string | number | undefined | false | readonly Piece[];

/** Holds markup whose text was escaped. Only `html` makes it. */
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
 * Makes markup from a template and escapes every text put into it, so that what a visitor typed cannot become markup.
 *
 * Danger: attribute values must stand in double quotes, and nothing may be put into a tag's or an attribute's name.
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
