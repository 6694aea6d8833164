// Compiles mistakes against the sources, as an app's tsc does, and reads what it says.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);
/** Inside docs, from where the packages are found. */
const workplace = new URL('docs/.types/', root);

const CHANGES = {
  'async.ts': 'async (data) => { data.count += 1; }',
  'returned.ts': '(data) => ({ ...data, count: 5 })',
  'draft.ts': '(data) => { data.count += 1; }',
};

let complaints: readonly string[] = [];

beforeAll(() => {
  mkdirSync(workplace, { recursive: true });
  for (const [file, change] of Object.entries(CHANGES)) {
    const app = `import type { Session } from '@coatcheck/core';
declare const session: Session<{ count: number }>;
await session.update(${change});
`;
    writeFileSync(new URL(file, workplace), app);
  }
  const project = {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      isolatedDeclarations: false,
    },
    files: Object.keys(CHANGES),
  };
  writeFileSync(new URL('tsconfig.json', workplace), JSON.stringify(project));
  const tsc = fileURLToPath(new URL('node_modules/typescript/bin/tsc', root));
  const args = [tsc, '-p', fileURLToPath(workplace), '--pretty', 'false'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  complaints = stdout.split(/^(?=\S)/m);
}, 60_000);

afterAll(() => rmSync(workplace, { recursive: true, force: true }));

/** Returns what tsc says of a file. */
const saidOf = (file: keyof typeof CHANGES) => complaints.filter((each) => each.includes(file)).join('');

it('tells who passes an asynchronous change to await first', () => {
  expect(saidOf('async.ts')).toContain('update() cannot wait: await first');
});

it('tells who returns changed data to assign to the draft', () => {
  expect(saidOf('returned.ts')).toContain('update() saves the draft and not the returned object');
});

it('accepts a change that alters its draft', () => {
  expect(saidOf('draft.ts')).toBe('');
});
