// The code blocks of a Markdown page, and the files that they make for a type check.

/**
 * @typedef {object} Block
 * @property {string} language
 * @property {number} line Where its first line stands on the page, counted from 1.
 * @property {readonly string[]} lines
 * @property {string | undefined} continues The file that it goes on with: a name, or '' for that of the block before.
 */

/** The languages that are type-checked. Other spellings of them would escape the check, so they are refused. */
const CHECKED = ['ts', 'js'];
const MISSPELT = ['typescript', 'javascript', 'tsx', 'jsx', 'mts', 'cts', 'mjs', 'cjs'];

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w-]*)/;
const CONTINUES = /^<!-- continues(?: ([\w./-]+))? -->$/;
const FILE_NAME = /^\/\/ ((?:[\w[\]-]+\/)*[\w.+-]+\.(?:ts|mts|js|mjs|cjs))$/;

/**
 * Finds the fenced blocks of a page.
 *
 * @param {string} text
 * @returns {Block[]}
 */
export function findBlocks(text) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {{ fence: string, language: string, line: number, lines: string[], continues: string | undefined } | undefined} */
  let open;
  let before = '';
  for (const [index, line] of text.split('\n').entries()) {
    const [, fence = '', language = ''] = FENCE.exec(line) ?? [];
    if (open !== undefined) {
      if (fence !== '' && language === '' && fence.startsWith(open.fence)) {
        blocks.push(open);
        open = undefined;
        before = '';
      } else open.lines.push(line);
    } else if (fence !== '') {
      const marker = CONTINUES.exec(before);
      const continues = marker === null ? undefined : (marker[1] ?? '');
      open = { fence, language, line: index + 2, lines: [], continues };
    } else if (line.trim() !== '') before = line.trim();
  }
  return blocks;
}

/**
 * Makes the files that a page's blocks stand for. A block is a file of its own, named by its first line where that is a comment such as
 * `// app.ts`; one under `<!-- continues -->` goes on with the file of the block before it, one under `<!-- continues app.ts -->` with that
 * file. Every line keeps its number on the page, so that what a compiler says of the file holds for the page.
 *
 * @param {readonly Block[]} blocks
 * @returns {{ files: ReadonlyMap<string, string>, faults: readonly { line: number, message: string }[] }}
 */
export function filesOf(blocks) {
  /** @type {Map<string, string[]>} */
  const files = new Map();
  /** @type {{ line: number, message: string }[]} */
  const faults = [];
  let last = '';
  for (const { language, line, lines, continues } of blocks) {
    /** @param {string} message */
    const fault = (message) => faults.push({ line, message });
    if (MISSPELT.includes(language)) fault(`write ${language} as ts or js, so that the block is checked`);
    if (!CHECKED.includes(language)) {
      if (continues !== undefined) fault('only a block of ts or js can continue another');
      continue;
    }
    const own = FILE_NAME.exec(lines[0] ?? '')?.[1] ?? `line-${line}.${language}`;
    const name = continues === undefined ? own : continues || last;
    const begun = files.get(name);
    if (continues !== undefined && begun === undefined) {
      fault(`there is no ${name || 'block'} before this one to continue`);
      continue;
    }
    if (continues === undefined && begun !== undefined) {
      fault(`${name} stands on this page already; say <!-- continues ${name} --> or give it another name`);
      continue;
    }
    const padded = begun ?? [];
    while (padded.length < line - 1) padded.push('');
    padded.push(...lines);
    files.set(name, padded);
    last = name;
  }
  const texts = [...files].map(([name, lines]) => /** @type {const} */ ([name, `${lines.join('\n')}\n`]));
  return { files: new Map(texts), faults };
}

/** The folders of a page that shows one app in several forms, such as before and after a change. */
const FORMS = ['before', 'after', 'native'];

/**
 * Groups the files of a page into programs. An app before and after a change may declare the same types in two ways, so the files of each such folder are compiled
 * apart, with the files that are in none. Without such folders, all are one program.
 *
 * @param {readonly string[]} names
 * @returns {(readonly [form: string, names: readonly string[]])[]}
 */
export function programsOf(names) {
  const formOf = (/** @type {string} */ name) => FORMS.find((form) => name.startsWith(`${form}/`));
  const shared = names.filter((name) => formOf(name) === undefined);
  const programs = FORMS.map(
    (form) => /** @type {const} */ ([form, names.filter((name) => formOf(name) === form)]),
  ).filter(([, own]) => own.length > 0);
  if (programs.length === 0) return shared.length > 0 ? [['page', shared]] : [];
  return programs.map(([form, own]) => [form, [...own, ...shared]]);
}
