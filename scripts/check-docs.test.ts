import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesOf, findBlocks, programsOf } from './check-docs.blocks.mjs';
import { completeExample, findExamples } from './check-docs.examples.ts';
import { anchorsOf, findLinks, hasTest, linkFaults } from './check-docs.links.mjs';
import { readProgram } from './public-api.ts';

const FENCE = '```';

function filesIn(...lines: readonly string[]) {
  const { files, faults } = filesOf(findBlocks(lines.join('\n')));
  return { files: Object.fromEntries(files), faults };
}

describe('a block of code', () => {
  it('becomes a file in which each line keeps its number on the page', () => {
    expect(filesIn('# Title', '', `${FENCE}ts`, 'const a = 1;', FENCE).files).toEqual({
      'line-4.ts': '\n\n\nconst a = 1;\n',
    });
  });

  it('is named by its first line, so that another can import it', () => {
    const { files } = filesIn(
      `${FENCE}ts`,
      '// shop/app.ts',
      'export {};',
      FENCE,
      `${FENCE}js`,
      'a();',
      FENCE,
    );
    expect(Object.keys(files)).toEqual(['shop/app.ts', 'line-6.js']);
  });

  it('marked as going on continues the file of the block before it, or the one that is named', () => {
    const { files, faults } = filesIn(
      ...[`${FENCE}ts`, '// a.ts', 'const a = 1;', FENCE],
      ...[`${FENCE}ts`, '// b.ts', 'const b = 1;', FENCE],
      ...['<!-- continues -->', '', `${FENCE}ts`, 'b;', FENCE],
      ...['<!-- continues a.ts -->', `${FENCE}ts`, 'a;', FENCE],
    );
    expect(faults).toEqual([]);
    expect(files).toEqual({
      'a.ts': `\n// a.ts\nconst a = 1;\n${'\n'.repeat(12)}a;\n`,
      'b.ts': '\n\n\n\n\n// b.ts\nconst b = 1;\n\n\n\n\nb;\n',
    });
  });

  it('of another language is not checked, and stays whole if it shows a fence itself', () => {
    expect(filesIn('~~~md', `${FENCE}ts`, 'nonsense', FENCE, '~~~', `${FENCE}sh`, 'ls', FENCE)).toEqual({
      files: {},
      faults: [],
    });
  });

  it('cannot escape the check by another spelling, a second use of a name, or going on with nothing', () => {
    const messages = (...lines: string[]) => filesIn(...lines).faults.map(({ message }) => message);
    expect(messages(`${FENCE}typescript`, 'a', FENCE)).toEqual([expect.stringContaining('as ts or js')]);
    expect(messages(`${FENCE}ts`, '// a.ts', FENCE, `${FENCE}ts`, '// a.ts', FENCE)).toEqual([
      expect.stringContaining('a.ts stands on this page already'),
    ]);
    expect(messages('<!-- continues -->', `${FENCE}ts`, 'a', FENCE)).toEqual([
      expect.stringContaining('no block before'),
    ]);
    expect(messages('<!-- continues b.ts -->', `${FENCE}ts`, 'a', FENCE)).toEqual([
      expect.stringContaining('no b.ts before'),
    ]);
  });
});

describe('the files of a page', () => {
  it('are one program', () => {
    expect(programsOf(['app.ts', 'src/after/app.ts'])).toEqual([['page', ['app.ts', 'src/after/app.ts']]]);
    expect(programsOf([])).toEqual([]);
  });

  it('are one program for each form of an app, with the files that all forms share', () => {
    expect(programsOf(['shop.ts', 'before/app.ts', 'after/app.ts', 'before/store.ts'])).toEqual([
      ['before', ['before/app.ts', 'before/store.ts', 'shop.ts']],
      ['after', ['after/app.ts', 'shop.ts']],
    ]);
  });
});

describe('links', () => {
  it('are found with their line, even with code in their label, and not inside code', () => {
    const page = ['[a](b.md) and [`c[0]`](d.ts#e)', FENCE, '[not](a-link)', FENCE, '![picture](p.png)'].join(
      '\n',
    );
    expect(findLinks(page)).toEqual([
      { line: 1, text: 'a', target: 'b.md' },
      { line: 1, text: '`c[0]`', target: 'd.ts#e' },
      { line: 5, text: 'picture', target: 'p.png' },
    ]);
  });

  it('lead to headings by the anchors that GitHub makes', () => {
    expect([
      ...anchorsOf("# What's `next`?\n## [A link](x) — here\n## A_b\n## A_b\n```\n# no heading\n```"),
    ]).toEqual(['whats-next', 'a-link--here', 'a_b', 'a_b-1']);
  });

  it('to a test give its name, or a part of it', () => {
    const source =
      "it('the visitor\\'s cart survives', () => {});\nit(`seeds of all`, () => {});\n// a comment\n";
    expect(hasTest(source, "the visitor's cart")).toBe(true);
    expect(hasTest(source, 'seeds of')).toBe(true);
    expect(hasTest(source, 'a comment')).toBe(false);
    expect(hasTest(source, 'the visitor survives')).toBe(false);
  });
});

describe('a page of the repository', () => {
  const root = mkdtempSync(join(tmpdir(), 'check-docs-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const files = {
    'docs/other.md': '# Other page\n',
    'packages/a/src/a.ts': '',
    'packages/a/src/a.test.ts': "it('holds', () => {});",
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const faultsOf = (text: string) => linkFaults(root, 'docs/page.md', text).map(({ message }) => message);

  it('is correct if everything that it names exists', () => {
    expect(
      faultsOf(
        '# Page\n[a](other.md) [b](other.md#other-page) [c](#page) [holds](../packages/a/src/a.test.ts) [`a.test.ts`](../packages/a/src/a.test.ts) [web](https://example.com) `packages/a/src/a.ts` `packages/a`',
      ),
    ).toEqual([]);
  });

  it.each([
    ['a file that is not there', '[a](missing.md)', 'there is no docs/missing.md'],
    ['a heading that is not there', '[a](other.md#no)', 'docs/other.md has no heading for #no'],
    ['a heading of its own that is not there', '[a](#no)', 'docs/page.md has no heading for #no'],
    ['a line of a file', '[a](../packages/a/src/a.ts#L3)', 'packages/a/src/a.ts has no heading for #L3'],
    [
      'a test that is not there',
      '[fails](../packages/a/src/a.test.ts)',
      'packages/a/src/a.test.ts has no test "fails"',
    ],
    ['a place outside', '[a](../../a.md)', '../../a.md leads out of the repository'],
    ['a name in code', 'see `packages/a/src/b.ts`', 'there is no packages/a/src/b.ts'],
  ])('is wrong where it names %s', (_, text, message) => {
    expect(faultsOf(text)).toEqual([message]);
  });
});

describe('the examples of docstrings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-docs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const example = (...code: readonly string[]) =>
    ['/**', ' * Does it.', ' *', ' * @example', ...code.map((line) => ` * ${line}`), ' */', ''].join('\n');
  const source = [
    example(`${FENCE}ts`, 'if (coats === 0) return;', "await sell('coat');", FENCE),
    'export async function sell(name: string): Promise<void> {}',
    `${example(`${FENCE}ts`, 'await selll(coats);', FENCE)}export class Till {`,
    `${example('pay();')}  pay(): void {}`,
    '}',
  ].join('\n');
  const lineOf = (text: string) => source.slice(0, source.indexOf(text)).split('\n').length;
  const file = write('shop/index.ts', source);
  const given = write('given.ts', 'export declare const coats: number;\n');
  const [found] = findExamples([{ specifier: file, folder: 'shop', file }], new Map([['shop', given]]));

  it('may use what their module exports and what is given, and a fault is reported at its line of the source', () => {
    const { files } = filesOf(findBlocks(found?.markdown ?? ''));
    const written = [...files].map(([name, code]) =>
      write(`out/${name}`, completeExample(code, found?.imports ?? '')),
    );
    const program = readProgram(written);
    const faults = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].map(
      ({ file: at, start = 0, code }) => [code, (at?.getLineAndCharacterOfPosition(start).line ?? -1) + 1],
    );
    expect(written.length).toBe(2);
    // 2552: cannot find the name.
    expect(faults).toEqual([[2552, lineOf('selll')]]);
  });

  it('must be blocks of code', () => {
    expect(found?.bare).toEqual([lineOf('pay();') - 1]);
  });

  it('that declare something stay modules', () => {
    expect(completeExample("\n\nexport { a } from 'a';\n", "import { b } from 'b';")).toBe(
      "import { b } from 'b'; \n\nexport { a } from 'a';\n",
    );
  });
});
