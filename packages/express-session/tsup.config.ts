import { defineConfig } from 'tsup';
import { packageOptions } from '../../tsup.base.ts';

// require('@coatcheck/express-session') is the function itself, as with express-session.
const footer = { js: 'module.exports = Object.assign(module.exports.default, module.exports);' };

export default defineConfig(
  packageOptions({ entry: { index: 'src/index.ts' } }).map((options) =>
    options.format === 'cjs' ? { ...options, footer } : options,
  ),
);
