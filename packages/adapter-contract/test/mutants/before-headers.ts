import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How a response's headers leave. */
export type Leaving = 'implicit' | 'object' | 'array';

/**
 * Calls back once, when the headers of a response are about to leave. Headers that are given to `writeHead` are set first, so that the
 * callback sees them.
 */
export function beforeHeaders(res: ServerResponse, callback: (leaving: Leaving) => void): void {
  const writeHead = res.writeHead.bind(res);
  let isDone = false;
  // The contract's app calls writeHead with a status, and headers or none.
  res.writeHead = (status: number, given?: unknown) => {
    if (isDone) return writeHead(status);
    isDone = true;
    res.statusCode = status;
    if (isFlat(given)) {
      for (let index = 0; index < given.length; index += 2) res.removeHeader(String(given[index]));
      for (let index = 0; index < given.length; index += 2) {
        res.appendHeader(String(given[index]), String(given[index + 1]));
      }
    } else if (isObject(given)) {
      for (const [name, value] of Object.entries(given)) if (value !== undefined) res.setHeader(name, value);
    }
    callback(given === undefined ? 'implicit' : isFlat(given) ? 'array' : 'object');
    return writeHead(res.statusCode);
  };
}

function isFlat(given: unknown): given is OutgoingHttpHeader[] {
  return Array.isArray(given);
}

function isObject(given: unknown): given is OutgoingHttpHeaders {
  return typeof given === 'object' && given !== null;
}
