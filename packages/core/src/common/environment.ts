/** Reads NODE_ENV if there is one. The core also runs outside Node.js, and where reading the environment needs a permission. */
export function nodeEnvironment(): unknown {
  const { process } = globalThis as { process?: { env?: Record<string, unknown> } };
  return process?.env?.['NODE_ENV'];
}

/**
 * Tells whether this process may serve visitors: NODE_ENV is `production`, or nothing can be known, as on runtimes at the edge. A process of Node.js, Bun or
 * Deno without NODE_ENV counts as development, as in Express.
 */
export function isProduction(): boolean {
  if (!('process' in globalThis) || globalThis.navigator?.userAgent === 'Cloudflare-Workers') return true;
  try {
    return nodeEnvironment() === 'production';
  } catch {
    // Deno without --allow-env.
    return true;
  }
}
