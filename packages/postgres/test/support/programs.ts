import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where Debian keeps the programs of a server; they are not on PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** Finds a program of PostgreSQL or PgBouncer. POSTGRES_BIN names the directory of another version. */
export function findProgram(name: string): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = [
    ...[process.env['POSTGRES_BIN'] ?? []].flat(),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
  ];
  const found = directories.map((directory) => join(directory, name)).find(existsSync);
  if (found !== undefined) return found;
  throw new Error(`${name} is missing: node scripts/setup-system.mjs postgresql pgbouncer installs Debian's`);
}

/** The user that the servers run as, since neither of them starts as root. Undefined: the user who runs the tests. */
export const SERVER_USER: { readonly uid: number; readonly gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

function idOf(flag: string): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}
