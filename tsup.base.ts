import type { Options } from 'tsup';

/** Gives the options that every published package is built with; `entry` maps a file of dist to its source. */
export function packageOptions(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    clean: true,
    // tsup's default turns node:sqlite into sqlite, which does not exist.
    removeNodeProtocol: false,
    dts: { compilerOptions: { composite: false, emitDeclarationOnly: false } },
  };
}
