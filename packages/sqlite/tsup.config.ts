import { defineConfig } from 'tsup';
import { packageOptions } from '../../tsup.base.ts';

export default defineConfig(
  packageOptions({ entry: { index: 'src/index.ts', libsql: 'src/libsql/index.ts' } }),
);
