import { deepEqual, ok } from 'node:assert/strict';
import type { RequestView } from '../../../../packages/core/src/http/request-view.ts';
import { cookie } from '../../../../packages/core/src/http/transports/cookie.ts';

const NAME = '__Host-session';
const TOKEN = 'A'.repeat(65);
const MAX_VALUES = 4;
const transport = cookie();

/** Reads a `Cookie` header of any bytes: every value of the exact name, at most four, whatever the other cookies are. */
export function fuzz(data: Uint8Array): void {
  const line = Buffer.from(data).toString('latin1');
  deepEqual(read(line), valuesOf(line));
  // What stands before a cookie hides it only if it is a cookie of the same name.
  const found = read(`${line}; ${NAME}=${TOKEN}; theme=dark`);
  ok(found.includes(TOKEN) || found.length === MAX_VALUES, 'The cookie was not found.');
}

function read(line: string): readonly string[] {
  const view: RequestView = {
    method: 'GET',
    host: 'localhost',
    ip: '127.0.0.1',
    header: (name) => (name === 'cookie' ? line : undefined),
    query: () => undefined,
    form: () => undefined,
  };
  return transport.read(view);
}

/** Says the same by other means (RFC 6265, section 4.2.1; blanks are spaces and tabs only). */
function valuesOf(line: string): readonly string[] {
  const values = line.split(';').flatMap((pair) => {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    return name !== undefined && value !== undefined && withoutBlanks(name) === NAME
      ? [withoutBlanks(value)]
      : [];
  });
  return [...new Set(values)].slice(0, MAX_VALUES);
}

function withoutBlanks(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}
