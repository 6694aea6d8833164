import { defineConfig } from 'tsup';
import { packageOptions } from '../../tsup.base.ts';

export default defineConfig(
  packageOptions({
    entry: {
      index: 'src/index.ts',
      adapter: 'src/adapter/index.ts',
      testing: 'src/testing/index.ts',
      'client-checks': 'src/http/client-checks/index.ts',
      'device-binding': 'src/request/device-binding/index.ts',
      dpop: 'src/request/dpop/index.ts',
      'digest/node': 'src/common/digest/node.ts',
      'digest/portable': 'src/common/digest/portable.ts',
    },
    // The consumer's conditions choose the digest, so the import stays as it is.
    external: ['#digest'],
  }),
);
