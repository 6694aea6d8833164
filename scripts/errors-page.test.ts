// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are source code of their own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { findMessages } from './errors-page.messages.ts';
import { errorsPage, readExplanations } from './errors-page.page.ts';

const directory = mkdtempSync(join(tmpdir(), 'errors-page-'));
afterAll(() => rmSync(directory, { recursive: true }));

const CLASS = 'declare class SessionError extends Error { constructor(code: string, message: string); }';
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  types: [],
  // The library's own declarations take seconds to read, and no message depends on them.
  noLib: true,
};
let count = 0;

function messagesIn(...lines: readonly string[]): (string | undefined)[] {
  const file = join(directory, `source-${++count}.ts`);
  writeFileSync(file, [CLASS, ...lines, 'export {};'].join('\n'));
  return findMessages([file], OPTIONS).flatMap(({ code, type, message }) => `${code ?? type}: ${message}`);
}

describe('the messages of a source file', { timeout: 60_000 }, () => {
  it('name each part that is known only at run time', () => {
    const throwing = "new SessionError('ERR_SIZE', `${size} bytes are over ${LIMIT}`);";
    expect(messagesIn('const LIMIT = 2 ** 10;', `export const make = (size: number) => ${throwing}`)).toEqual(
      ['ERR_SIZE: <size> bytes are over 1024'],
    );
  });

  it('of a helper are listed once for each of its calls, including calls through other helpers', () => {
    const messages = messagesIn(
      'function configError(option: string, expected: string, value: unknown) {',
      "  return new SessionError('ERR_CONFIG', `${option} must be ${expected}; received ${String(value)}.`);",
      '}',
      'function check(option: string, value: unknown) { if (!value) throw configError(option, `a number`, value); }',
      "export function one() { check('max', 0); check('remember.' + 'max', 0); }",
      "export function two() { throw configError('name', 'a string', 1); }",
    );
    expect(messages).toEqual([
      'ERR_CONFIG: max must be a number; received <value>.',
      'ERR_CONFIG: remember.max must be a number; received <value>.',
      'ERR_CONFIG: name must be a string; received <value>.',
    ]);
  });

  it('are listed for every branch and for every member of a union', () => {
    const messages = messagesIn(
      "export function fail(operation: 'read' | 'write', isLate: boolean) {",
      "  throw new TypeError(isLate ? 'Too late' : `Cannot ${operation}`);",
      '}',
    );
    expect(messages).toEqual(['TypeError: Too late', 'TypeError: Cannot read', 'TypeError: Cannot write']);
  });

  it('of a function that calls itself end', () => {
    const messages = messagesIn(
      'function walk(what: string, depth: number): void {',
      "  if (depth > 9) throw new SessionError('ERR_DEEP', `The ${what} is too deep`);",
      '  walk(what, depth + 1);',
      '}',
      "export const start = () => walk('data', 0);",
    );
    expect(messages).toEqual(['ERR_DEEP: The data is too deep']);
  });

  it('are those of classes that extend Error as well', () => {
    const messages = messagesIn(
      'export class TimeoutError extends Error {',
      '  constructor(limit: number) { super(`Took over ${limit} ms`); }',
      '}',
    );
    expect(messages).toEqual(['TimeoutError: Took over <limit> ms']);
  });

  it('need a code that the source spells out', () => {
    expect(() => messagesIn("export const make = (code: string) => new SessionError(code, 'Why');")).toThrow(
      /must be one that the source spells out/,
    );
  });
});

describe('the page', () => {
  const explanations = readExplanations('| `ERR_CONFIG` | 500 | an option is wrong | fix it |');
  const message = { type: 'SessionError', message: 'Wrong | bad', package: 'core' };

  it('lists a message with its code, when it happens and what to do', () => {
    const { page, faults } = errorsPage([{ ...message, code: 'ERR_CONFIG' }], explanations, {});
    expect(faults).toEqual([]);
    for (const part of ['## `ERR_CONFIG`', 'an option is wrong', 'fix it', '| `Wrong \\| bad` | core |']) {
      expect(page).toContain(part);
    }
  });

  it('fails for a code that nothing explains, and for an explanation that no error needs', () => {
    const { faults } = errorsPage([{ ...message, code: 'ERR_NEW' }], explanations, {});
    expect(faults).toEqual([
      'nothing explains ERR_NEW',
      'ERR_CONFIG is explained, but no source makes such an error',
    ]);
  });

  it('fails for a class without a code that nothing explains', () => {
    const { faults } = errorsPage([{ ...message, type: 'OddError', code: undefined }], {}, {});
    expect(faults).toEqual(['nothing explains OddError']);
  });
});
