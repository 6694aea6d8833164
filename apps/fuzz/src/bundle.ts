import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A change of a source of the library, by its path in the repository: a fault that is planted. */
export interface Plant {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Bundles a target and what it uses of the library into one source, which the fuzzer can instrument. */
export async function bundle(target: string, plant?: Plant): Promise<string> {
  let planted = 0;
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`targets/${target}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    conditions: ['@coatcheck/source'],
    logLevel: 'error',
    plugins: [
      {
        name: 'plant',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (plant === undefined || path !== ROOT + plant.file) return undefined;
            const parts = readFileSync(path, 'utf8').split(plant.find);
            if (parts.length !== 2) throw new Error(`${plant.file} has not exactly one place: ${plant.find}`);
            planted += 1;
            return { contents: parts.join(plant.replace), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (plant !== undefined && planted === 0) throw new Error(`${target} does not use ${plant.file}.`);
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`${target} was not bundled.`);
  return file.text;
}
