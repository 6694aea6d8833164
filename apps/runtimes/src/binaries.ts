import { fileURLToPath } from 'node:url';
import { installServer, PACKED } from './packed.ts';

/** Returns the arguments with which Node.js, Bun and Deno run a server: on the sources of the packages, or on the packed ones. */
export async function argumentsFor(file: URL): Promise<readonly string[]> {
  if (PACKED !== undefined) return [await installServer(PACKED, file)];
  return ['--conditions=@coatcheck/source', fileURLToPath(file)];
}

/** Returns the path of a binary that this package depends on. */
export const bin = (name: 'bun' | 'deno'): string =>
  fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
