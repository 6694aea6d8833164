// Writes each .d.ts of ./dist again as .d.cts. The two differ only in the files they import, and bundling the types twice
// takes as long as everything else in a build. Run it in a package's folder, after tsup.

import { globSync, readFileSync, writeFileSync } from 'node:fs';

const files = globSync('dist/**/*.d.ts');
if (files.length === 0) throw new Error('dist has no .d.ts: run tsup first.');
for (const file of files) {
  const types = readFileSync(file, 'utf8');
  const relative = /(\b(?:from |import |import\()'\.[^']*)\.js'/g;
  writeFileSync(file.replace(/\.d\.ts$/, '.d.cts'), types.replace(relative, "$1.cjs'"));
}
