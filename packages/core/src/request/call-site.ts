/** Where the app made a call, as lines of a stack. */
export interface CallSite {
  readonly stack?: string;
}

/** Remembers where the app called `method`. The runtime formats the stack only when it is read; some runtimes have none. */
export function callSite(method: unknown): CallSite {
  const site: CallSite = {};
  if (typeof method === 'function' && 'captureStackTrace' in Error) Error.captureStackTrace(site, method);
  return site;
}

/** Adds the place of the call to the stack of an error. It was made after the call had returned its promise, so its own stack may not lead there. */
export function addCallSite(error: Error, name: string, site: CallSite | undefined): void {
  const frames = framesOf(site);
  if (frames.length > 0) error.stack = [error.stack, `  session.${name}() was called`, ...frames].join('\n');
}

/** Returns the app's line that made the call, such as `at /app/cart.js:7:15`; undefined if it is not known. */
export function lineOf(site: CallSite | undefined): string | undefined {
  return framesOf(site)[0]?.trim();
}

function framesOf(site: CallSite | undefined): readonly string[] {
  return site?.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
}
