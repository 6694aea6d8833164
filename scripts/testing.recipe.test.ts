// Runs the tests of docs/testing.md, unchanged: importing them adds them to this file.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';
import { findSystemProgram } from './setup-system.mjs';

const page = new URL('../docs/testing.md', import.meta.url);
/** Inside docs, from where the page's code finds what it imports. */
const workplace = new URL('../docs/.testing/', import.meta.url);

// The page lets a reader name another browser than Playwright's own.
process.env['CHROMIUM'] = findSystemProgram('chromium');

const { files } = filesOf(findBlocks(readFileSync(page, 'utf8')));
mkdirSync(workplace, { recursive: true });
for (const [name, text] of files) writeFileSync(new URL(name, workplace), text);
for (const name of files.keys()) if (name.endsWith('.test.ts')) await import(new URL(name, workplace).href);

afterAll(() => rmSync(workplace, { recursive: true, force: true }));
