import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** How a response's headers are sent. */
export type Leaving = 'implicit' | 'object' | 'array';

/**
 * Calls back once, just before the headers of a response are sent. Headers passed to `writeHead` are set first, so that the
 * callback sees them.
 */
export function beforeHeaders(res: ServerResponse, callback: (leaving: Leaving) => void): void {
  const writeHead = res.writeHead.bind(res);
  let isDone = false;
  // The contract's app calls writeHead with a status, with or without headers.
  res.writeHead = (status: number, passed?: unknown) => {
    if (isDone) return writeHead(status);
    isDone = true;
    res.statusCode = status;
    if (isFlat(passed)) {
      for (let index = 0; index < passed.length; index += 2) res.removeHeader(String(passed[index]));
      for (let index = 0; index < passed.length; index += 2) {
        res.appendHeader(String(passed[index]), String(passed[index + 1]));
      }
    } else if (isObject(passed)) {
      for (const [name, value] of Object.entries(passed)) if (value !== undefined) res.setHeader(name, value);
    }
    callback(passed === undefined ? 'implicit' : isFlat(passed) ? 'array' : 'object');
    return writeHead(res.statusCode);
  };
}

function isFlat(passed: unknown): passed is OutgoingHttpHeader[] {
  return Array.isArray(passed);
}

function isObject(passed: unknown): passed is OutgoingHttpHeaders {
  return typeof passed === 'object' && passed !== null;
}
