import { createHash } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PACKAGES = join(ROOT, 'packages');

/** The folder in which the packed packages are installed, if the tests are to run on these in place of the sources. */
export const PACKED: string | undefined = process.env['COATCHECK_PACKED'];

/**
 * Returns the package that an import of a test stands for, if it must come from the folder: `../index.ts` of packages/hono is `@coatcheck/hono`. Everything else that a test
 * imports comes from the repository.
 */
export function packedImport(path: string, from: string): string | undefined {
  if (path.startsWith('.') || path.startsWith('/')) {
    const [name = '', ...rest] = relative(PACKAGES, resolve(from, path)).split('/');
    return name !== '..' && rest.join('/') === 'src/index.ts' ? `@coatcheck/${name}` : undefined;
  }
  return /^(?:@coatcheck\/(?!runtimes(?:\/|$))|hono(?:\/|$)|@hono\/)/.test(path) ? path : undefined;
}

/** Makes a bundle of a test import what is installed in the folder: from there, or `external`, so that the runtime itself finds it. */
export function packedPlugin(folder: string, external: boolean): Plugin {
  return {
    name: 'packed',
    setup({ onResolve, resolve: find }) {
      onResolve({ filter: /./ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === PLUGIN || kind === 'entry-point' || resolveDir.startsWith(folder))
          return undefined;
        const name = packedImport(path, resolveDir);
        if (name === undefined) return undefined;
        if (external) return { path: name, external: true };
        return find(name, { kind, resolveDir: folder, pluginData: PLUGIN });
      });
    },
  };
}

const PLUGIN = 'packed';

/** Throws if a bundle contains a source that the packages publish: then a test would run on it unnoticed. */
export function checkPacked({ inputs }: Metafile): void {
  const sources = Object.keys(inputs)
    .map((path) => relative(PACKAGES, resolve(ROOT, path)))
    .filter((path) => /^[\w-]+\/src\/(?!runtimes\/|test-support\/)/.test(path));
  if (sources.length > 0) throw new Error(`A test of the packed packages uses ${sources.join(', ')}.`);
}

/** Bundles a server of a test into the folder, where a runtime finds the installed packages. Returns its path. */
export async function installServer(folder: string, file: URL): Promise<string> {
  const path = fileURLToPath(file);
  const outfile = join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.mjs`);
  const { metafile } = await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'es2024',
    absWorkingDir: ROOT,
    plugins: [packedPlugin(folder, true)],
  });
  checkPacked(metafile);
  return outfile;
}
