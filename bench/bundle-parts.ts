// Shows what the bundle of the core consists of, and how much smaller it would be without each part: node bench/bundle-parts.ts

import { readFileSync } from 'node:fs';
import { type BuildResult, build, type Plugin } from 'esbuild';
import { BUNDLES, compressedSize } from './src/measure/bundles.ts';

/** The files of each part. */
const PARTS: Readonly<Record<string, RegExp>> = {
  'sessions of a user and their index': /src\/users\//,
  'queue and batches of writes': /records\/(?:session-writer|batch|recent-snapshots|change)\./,
  'failures of databases by name': /store\/known-faults/,
  'checks of options': /config\/(?:option-checks|foreign-options)/,
  warnings: /unreturned-cookie|proxy-watch|uncleared-tokens|\/warnings|call-site/,
  'watch() and broadcast': /request\/watch\//,
  'lost responses and crashed browsers': /session\/recovery|recent-generations|recent-grants|repeat-token/,
  'what is known of the client': /http\/(?:client-look|ip-network|client\.)|client-changes/,
  'checks of data': /session\/data\./,
  'memory store': /store\/memory/,
  'finish()': /request\/finish/,
  'writes from other sites': /http\/cross-site/,
  'advice for assignments': /no-assignment/,
  ms: /node_modules\/ms\//,
  cookie: /node_modules\/cookie\//,
  "checks of the store's results": /store\/check-/,
  "comparison with the store's clock": /store\/store-clock/,
};
/** The parts without which sessions would still be sessions. */
const DISPENSABLE = Object.keys(PARTS).filter(
  (name) => !/queue|checks of data|memory|^ms$|^cookie$/.test(name),
);
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g;
const MAX_LENGTH = 40;

/** Bundles the core without the files that a pattern matches: each of their exports does nothing. */
async function bundle(without?: RegExp): Promise<BuildResult<{ write: false; metafile: true }>> {
  const plugins = without === undefined ? [] : [emptied(without)];
  return build({
    stdin: {
      contents: BUNDLES['createSessions, cookie, memoryStore'] ?? '',
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['@coatcheck/source'],
    logLevel: 'error',
    plugins,
  });
}

function emptied(filter: RegExp): Plugin {
  return {
    name: 'emptied',
    setup({ onLoad }) {
      onLoad({ filter }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        const names = [...source.matchAll(/^export (?:async )?(function|const|class) (\w+)/gm)];
        const listed = [...source.matchAll(/^export \{([^}]*)\}/gm)]
          .flatMap(([, list = '']) => list.split(','))
          .map((name) => /(\w+)\s*$/.exec(name)?.[1])
          .filter((name) => name !== undefined && !names.some((each) => each[2] === name));
        const lines = names.map(([, kind, name]) =>
          kind === 'class' ? `export class ${name} {}` : `export const ${name} = () => {};`,
        );
        return {
          contents: [...lines, ...listed.map((name) => `export const ${name} = () => {};`)].join('\n'),
        };
      });
    },
  };
}

function codeOf({ outputFiles }: { readonly outputFiles: readonly { readonly text: string }[] }): string {
  return outputFiles.map(({ text }) => text).join('');
}

/** Empties each string and template of more than 40 characters. */
function withoutMessages(code: string): string {
  return code.replace(STRING, (string) => {
    const inserted = string.startsWith('`') ? (string.match(/\$\{[^}]*\}/g) ?? []).join('') : '';
    const quote = string.charAt(0);
    return string.length - inserted.length - 2 > MAX_LENGTH ? quote + inserted + quote : string;
  });
}

function folderOf(path: string): string {
  const [, folder] = /packages\/core\/src\/(\w+)\//.exec(path) ?? [];
  return folder ?? /.*node_modules\/([^/]+)/.exec(path)?.[1] ?? 'sessions.ts';
}

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
const whole = await bundle();
const code = codeOf(whole);
const size = compressedSize(code);
console.log(`The bundle: ${kilobytes(code.length)} kB minified, ${kilobytes(size)} kB with brotli`);

const folders = new Map<string, number>();
for (const { inputs } of Object.values(whole.metafile.outputs))
  for (const [path, { bytesInOutput }] of Object.entries(inputs))
    folders.set(folderOf(path), (folders.get(folderOf(path)) ?? 0) + bytesInOutput);
for (const [folder, bytes] of [...folders].toSorted(([, a], [, b]) => b - a))
  console.log(`${kilobytes(bytes).padStart(6)} kB minified  ${folder}`);

const bare = withoutMessages(code);
console.log(
  `\nSmaller by, with brotli, without\n${kilobytes(size - compressedSize(bare)).padStart(6)} kB  messages`,
);
console.log(`        (${kilobytes(code.length - bare.length)} kB minified)`);
for (const [name, files] of Object.entries(PARTS))
  console.log(`${kilobytes(size - compressedSize(codeOf(await bundle(files)))).padStart(6)} kB  ${name}`);

const least = codeOf(
  await bundle(new RegExp(DISPENSABLE.map((name) => PARTS[name]?.source ?? '').join('|'))),
);
console.log(`\nWithout ${DISPENSABLE.join(', ')}: ${kilobytes(compressedSize(least))} kB`);
console.log(`Also without messages: ${kilobytes(compressedSize(withoutMessages(least)))} kB`);
