// Makes express-session's tests require the shim instead of the files beside them. Loaded with --import.

import { registerHooks } from 'node:module';

const shim = new URL('shim.ts', import.meta.url).href;
const cookie = new URL('cookie.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isTest =
      context.parentURL !== undefined && /\/test\/(?:support\/)?[\w-]+\.js$/.test(context.parentURL);
    if (isTest && (specifier === '../' || specifier === '../../')) return { url: shim, shortCircuit: true };
    if (isTest && specifier === '../session/cookie') return { url: cookie, shortCircuit: true };
    return nextResolve(specifier, context);
  },
});
