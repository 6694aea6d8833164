import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { entryPoints, exportsOf, membersOf } from '../scripts/public-api.ts';
import { docstringOf } from './.vitepress/reference/docstring.ts';
import { Reference } from './.vitepress/reference/links.ts';
import { referenceModules, root } from './.vitepress/reference/modules.ts';
import { referencePages } from './.vitepress/reference/pages.ts';
import { signatureOf, sourceOf } from './.vitepress/reference/signature.ts';

it('has a page for each module that the packages export, and links to it from the index', () => {
  const specifiers = entryPoints(root).map(({ specifier }) => specifier);
  expect(specifiers.length).toBeGreaterThan(15);
  expect(referenceModules.map(({ specifier }) => specifier).sort()).toEqual(specifiers.sort());
});

describe('the pages', () => {
  let pages: ReadonlyMap<string, string>;
  let program: ts.Program;
  beforeAll(() => {
    const reference = new Reference();
    pages = referencePages(reference);
    program = reference.program;
  }, 60_000);

  it.for(referenceModules)(
    'everything that $specifier exports is on its page, or linked from it',
    ({ file, page, specifier }) => {
      const markdown = pages.get(page) ?? '';
      expect(pages.get('index')).toContain(`[\`${specifier}\`](./${page}.md)`);
      const absent = exportsOf(program, file).flatMap((exported) => {
        const { name } = exported;
        if (hasAnchor(markdown, name)) {
          return membersOf(exported)
            .map((member) => `${name}-${member.name}`)
            .filter((anchor) => !hasAnchor(markdown, anchor));
        }
        return /^\*\*Also exported\*\*: .*$/m.exec(markdown)?.[0].includes(`#${name})`) ? [] : [name];
      });
      expect(absent).toEqual([]);
    },
  );

  it('a function has its signature, its errors with a link to their meaning, and its example', () => {
    const [, section = ''] = pages.get('sqlite')?.split('\n## sqliteStore {#sqliteStore}\n') ?? [];
    expect(section).toContain('```ts\nfunction sqliteStore(');
    expect(section).toContain('[`ERR_CONFIG`](/errors-and-events.md#errors)');
    expect(section.match(/```ts\n/g)?.length).toBeGreaterThan(1);
    expect(section).toMatch(/^See .*\[`SqliteStoreOptions`\]\(#SqliteStoreOptions\)/m);
  });
});

const hasAnchor = (markdown: string, anchor: string) => markdown.includes(` {#${anchor}}\n`);

const SOURCE = `
/**
 * Opens a shop.
 *
 * @param name the shop's name
 * @throws {SessionError} \`ERR_CONFIG\` without a name
 * @throws {TypeError} for another reason
 * @example
 * open('coats');
 */
export async function open<T>(
  name: string,
  { seats = 3 }: Options<T> = {},
): Promise<T> {
  return undefined as T;
}
export abstract class Shop extends Place {
  /** Sells. */
  async sell(coat: string): Promise<void> {}
}
/** An end. */
export type End =
  /** By the owner. */
  'destroyed' | 'revoked';
`;

describe('a declaration', () => {
  const file = ts.createSourceFile('shop.ts', SOURCE, ts.ScriptTarget.ES2024, true);
  const [open, shop, end] = file.statements;

  it('shows its source without its body, its comments and what callers need not know', () => {
    const signatures = [open, shop, shop && ts.isClassDeclaration(shop) ? shop.members[0] : undefined].map(
      (node) => (node === undefined ? '' : signatureOf(node as ts.Declaration)),
    );
    expect(signatures).toEqual([
      'function open<T>(\n  name: string,\n  { seats = 3 }: Options<T> = {},\n): Promise<T>',
      'abstract class Shop extends Place',
      'sell(coat: string): Promise<void>',
    ]);
  });

  it('of a type alias keeps the comments inside', () => {
    const source = end !== undefined && ts.isTypeAliasDeclaration(end) ? sourceOf(end) : '';
    expect(source).toBe("type End =\n  /** By the owner. */\n  'destroyed' | 'revoked';");
  });

  it('has a docstring in parts', () => {
    expect(open && docstringOf(open)).toEqual({
      text: 'Opens a shop.',
      parameters: new Map([['name', "the shop's name"]]),
      throws: ['`ERR_CONFIG` without a name', '`TypeError` for another reason'],
      examples: ["open('coats');"],
    });
  });
});
