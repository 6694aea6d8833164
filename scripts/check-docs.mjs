// Checks the documentation: that every block of TypeScript and JavaScript compiles against the packages' sources, and that every link, anchor,
// file and test that a page names is there. node scripts/check-docs.mjs [page ...]

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf, findBlocks, programsOf } from './check-docs.blocks.mjs';
import { findLinks, linkFaults } from './check-docs.links.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside docs, since docs/package.json says what the blocks may import; of this process alone, since two may check at once. */
const workplace = join(root, 'docs/.check', String(process.pid));
const pagesOfTheRepository = [
  '*.md',
  'docs/*.md',
  'decisions/*.md',
  'packages/*/README.md',
  'apps/*/README.md',
  'bench/README.md',
];
/** The pages that every other page of their folder must be reachable from. */
const indexes = ['docs/concepts.md', 'decisions/README.md'];
/** The start page of the documentation site, which no page leads to. */
const startPage = 'docs/index.md';

/** @type {string[]} */
const faults = [];
/** @param {string} page @param {number} line @param {string} message */
const report = (page, line, message) => faults.push(`${page}:${line} ${message}`);

/** A page whose framework is compiled by a bundler says so: `<!-- tsconfig {"moduleResolution": "bundler"} -->`. */
const TSCONFIG = /^<!-- tsconfig (\{.*\}) -->$/m;

/**
 * Writes the files that a page's blocks stand for, with TypeScript projects of their own: what one page declares must not
 * be seen by another.
 *
 * @param {string} page
 * @param {string} text
 * @returns {string[]} The projects.
 */
function writeProjects(page, text) {
  const { files, faults: wrong } = filesOf(findBlocks(text));
  for (const { line, message } of wrong) report(page, line, message);
  const directory = join(workplace, page);
  for (const [name, content] of files) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const project = {
    extends: relative(directory, join(root, 'tsconfig.base.json')),
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      isolatedDeclarations: false,
      allowJs: true,
      checkJs: true,
      // A block may declare what the reader uses later.
      noUnusedLocals: false,
      noUnusedParameters: false,
      // NestJS decorates parameters, which the standard's decorators cannot.
      experimentalDecorators: true,
      // Readers write process.env.NAME.
      noPropertyAccessFromIndexSignature: false,
      ...JSON.parse(TSCONFIG.exec(text)?.[1] ?? '{}'),
    },
  };
  return programsOf([...files.keys()]).map(([program, names]) => {
    const config = join(directory, `tsconfig.${program}.json`);
    writeFileSync(config, JSON.stringify({ ...project, files: names }));
    return config;
  });
}

/**
 * Type-checks the projects and reports what the compiler says, by page and line.
 *
 * @param {readonly string[]} projects
 */
function compile(projects) {
  if (projects.length === 0) return;
  const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  const args = [tsc, '-b', '--pretty', 'false', ...projects];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  let told = 0;
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    const [, page = '', name = '', at = '', rest = ''] =
      /^docs\/\.check\/\d+\/(.*?\.md)\/(.*?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    if (page === '') {
      if (line.trim() !== '') faults.push(line);
    } else report(page, Number(at), `${rest}${name.startsWith('line-') ? '' : ` (${name})`}`);
    told += line.trim() === '' ? 0 : 1;
  }
  if (status !== 0 && told === 0) faults.push(`tsc ended with ${status} and said nothing`);
}

/**
 * Reports pages that their folder's index does not lead to.
 *
 * @param {ReadonlyMap<string, string>} texts
 */
function checkIndexes(texts) {
  for (const index of indexes) {
    const folder = dirname(index);
    const linked = findLinks(texts.get(index) ?? '').map(({ target }) =>
      join(folder, target.split('#')[0] ?? ''),
    );
    for (const page of texts.keys()) {
      if (dirname(page) !== folder || page === index || page === startPage) continue;
      if (!linked.includes(page)) report(index, 1, `no link to ${page}`);
    }
  }
}

/** @param {readonly string[]} names */
function main(names) {
  const all = globSync(pagesOfTheRepository, { cwd: root }).sort();
  const texts = new Map(all.map((page) => [page, readFileSync(join(root, page), 'utf8')]));
  const chosen = names.length > 0 ? names.map((name) => relative(root, resolve(name))) : all;
  /** @type {string[]} */
  const projects = [];
  let withCode = 0;
  for (const page of chosen) {
    const text = texts.get(page);
    if (text === undefined) {
      faults.push(`${page} is none of ${pagesOfTheRepository.join(', ')}`);
      continue;
    }
    for (const { line, message } of linkFaults(root, page, text)) report(page, line, message);
    const ofPage = writeProjects(page, text);
    projects.push(...ofPage);
    withCode += ofPage.length > 0 ? 1 : 0;
  }
  compile(projects);
  rmSync(workplace, { recursive: true, force: true });
  if (names.length === 0) checkIndexes(texts);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exit(1);
  process.stdout.write(
    `${chosen.length} pages: links lead somewhere, and the code of ${withCode} compiles\n`,
  );
}

main(process.argv.slice(2));
