// The pages of the API reference.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Exported } from '../../../scripts/public-api.ts';
import { REPOSITORY } from '../repository-links.ts';
import { Describer } from './description.ts';
import { anchorOf, type DescribedModule, Reference } from './links.ts';
import { root } from './modules.ts';

/** The symbols are in the outline, their members are not. */
const FRONTMATTER = '---\noutline: 2\neditLink: false\n---\n';

/** Returns the Markdown of each page of the reference, by its name. `index` lists the others. */
export function referencePages(reference: Reference = new Reference()): ReadonlyMap<string, string> {
  const pages = reference.modules.map((module) => [module.page, pageOf(reference, module)] as const);
  return new Map([['index', indexOf(reference)], ...pages]);
}

function pageOf(reference: Reference, module: DescribedModule): string {
  const { specifier, folder, own, others, page } = module;
  const describer = new Describer(reference, module);
  const sorted = own.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  const [values, types] = [sorted.filter(isValue), sorted.filter((each) => !isValue(each))];
  const links = others.flatMap(({ symbol }) => reference.linkTo(symbol, page) ?? []);
  const parts = [
    FRONTMATTER,
    `# ${specifier}`,
    `${summaryOf(module)} [How to use it](${REPOSITORY}/blob/main/packages/${folder}/README.md).`,
    listOf('Functions and classes', values),
    listOf('Types', types),
    links.length === 0 ? '' : `**Also exported**: ${links.join(', ')}.`,
    ...[...values, ...types].map((exported) => describer.describe(exported)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function indexOf({ modules }: Reference): string {
  const items = modules.map(
    (module) => `- [\`${module.specifier}\`](./${module.page}.md): ${summaryOf(module)}`,
  );
  return [
    FRONTMATTER,
    '# API reference',
    'Every function, class and type that the packages export: its signature, its defaults and units, the errors that it throws, and an example. It is made from the docstrings in the sources, ' +
      'which an editor shows too. The [guides](/concepts.md) say what to use when.',
    items.join('\n'),
    '',
  ].join('\n\n');
}

function listOf(title: string, exported: readonly Exported[]): string {
  const links = exported.map(({ name }) => `[\`${name}\`](#${anchorOf(name)})`);
  return links.length === 0 ? '' : `**${title}**: ${links.join(', ')}.`;
}

function isValue({ symbol }: Exported): boolean {
  return (symbol.flags & ts.SymbolFlags.Value) !== 0;
}

/** What a module of a package is for, apart from the package itself. */
const SUBPATHS: Readonly<Record<string, string>> = {
  '@coatcheck/core/adapter': 'What authors of adapters need.',
  '@coatcheck/core/testing': 'Helpers for the tests of apps.',
  '@coatcheck/core/client-checks': 'Checks that compare the client of a session with its earlier ones.',
  '@coatcheck/core/device-binding':
    'Binds sessions to the browser that received them, in browsers that can do so.',
  '@coatcheck/core/dpop': 'A token in a header, served only with a proof of the key that the client has.',
  '@coatcheck/sqlite/libsql': 'The store for libSQL, in a file or over HTTP.',
  '@coatcheck/adapter-contract/app': 'The app of the contract, for servers in another process or runtime.',
};

function summaryOf({ specifier, folder }: DescribedModule): string {
  const known = SUBPATHS[specifier];
  if (known !== undefined) return known;
  const { description }: { description: string } = JSON.parse(
    readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
  );
  return `${description}.`;
}
