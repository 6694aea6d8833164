// Checks the documentation: that every block of TypeScript and JavaScript, and every example of a public symbol, compiles against the packages'
// sources, and that every link, anchor, file and test that a page names is there. node scripts/check-docs.mjs [page ...]

import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf, findBlocks, programsOf } from './check-docs.blocks.mjs';
import { completeExample, findExamples } from './check-docs.examples.ts';
import { findLinks, linkFaults } from './check-docs.links.mjs';
import { entryPoints } from './public-api.ts';

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
  const names = writeFiles(page, text);
  const options = JSON.parse(TSCONFIG.exec(text)?.[1] ?? '{}');
  return programsOf(names).map(([program, files]) => writeProject(page, program, files, options));
}

/**
 * Writes the examples in the docstrings of all public symbols, with one project: they are many and short.
 *
 * @returns {{ project: string, count: number }}
 */
function writeExamples() {
  /** @type {string[]} */
  const files = [];
  const given = globSync('docs/support/examples/*.ts', { cwd: root }).map((file) => join(root, file));
  const byPackage = given.map((file) => /** @type {const} */ ([basename(file, '.ts'), file]));
  for (const { file, markdown, bare, imports } of findExamples(entryPoints(root), new Map(byPackage))) {
    const page = relative(root, file);
    for (const line of bare) report(page, line, 'write the example as a block of ts, so that it is checked');
    const names = writeFiles(page, markdown, (code) => completeExample(code, imports));
    files.push(...names.map((name) => join(page, name)));
  }
  const options = {
    // The imports that are added do not say which of the names are types, and name a file by its whole path.
    verbatimModuleSyntax: false,
    rewriteRelativeImportExtensions: false,
    // An example may return before its end.
    noImplicitReturns: false,
  };
  return { project: writeProject('.', 'examples', [...files, ...given], options), count: files.length };
}

/**
 * Writes the files that a page's blocks stand for.
 *
 * @param {string} page
 * @param {string} text
 * @param {(code: string) => string} complete Makes a whole file of the blocks.
 * @returns {string[]} The names of the files.
 */
function writeFiles(page, text, complete = (code) => code) {
  const { files, faults: wrong } = filesOf(findBlocks(text));
  for (const { line, message } of wrong) report(page, line, message);
  for (const [name, content] of files) {
    const file = join(workplace, page, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, complete(content));
  }
  return [...files.keys()];
}

/**
 * Writes a TypeScript project.
 *
 * @param {string} page
 * @param {string} name
 * @param {readonly string[]} files
 * @param {object} options What it sets otherwise than the other projects.
 * @returns {string} Its file.
 */
function writeProject(page, name, files, options) {
  const directory = join(workplace, page);
  const config = join(directory, `tsconfig.${name}.json`);
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
      ...options,
    },
    files,
  };
  writeFileSync(config, JSON.stringify(project));
  return config;
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
      /^docs\/\.check\/\d+\/(.*?\.(?:md|ts))\/(.*?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
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
  const examples = names.length === 0 ? writeExamples() : undefined;
  if (examples !== undefined) projects.push(examples.project);
  compile(projects);
  rmSync(workplace, { recursive: true, force: true });
  if (names.length === 0) checkIndexes(texts);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exit(1);
  const ofDocstrings = examples === undefined ? '' : `, and so do ${examples.count} examples of docstrings`;
  process.stdout.write(
    `${chosen.length} pages: links lead somewhere, and the code of ${withCode} compiles${ofDocstrings}\n`,
  );
}

main(process.argv.slice(2));
