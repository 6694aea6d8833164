import type { Options } from 'tsup';

/** What a package is built from: `entry` maps a file of dist to its source. */
interface Build {
  readonly entry: Record<string, string>;
  readonly external?: string[];
}

/**
 * Gives the options that every published package is built with: ES modules and CommonJS, with types for both.
 *
 * `scripts/commonjs-types.mjs` makes the types of the CommonJS files afterwards. These files contain the dependencies that exist as ES modules only, since Jest and older bundlers cannot `require` those.
 */
export function packageOptions({ entry, external = [] }: Build): Options[] {
  const shared: Options = {
    entry,
    external,
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    splitting: true,
    // tsup's default turns node:sqlite into sqlite, which does not exist.
    removeNodeProtocol: false,
  };
  return [
    {
      ...shared,
      format: 'esm',
      dts: { compilerOptions: { composite: false, emitDeclarationOnly: false } },
      clean: ['!**/*.cjs', '!**/*.cjs.map'],
    },
    {
      ...shared,
      format: 'cjs',
      // Gives CommonJS files what import.meta.url is in ES modules.
      shims: true,
      clean: ['!**/*.js', '!**/*.js.map', '!**/*.d.ts', '!**/*.d.cts'],
      noExternal: ['cookie', /^@noble\/hashes/],
    },
  ];
}
