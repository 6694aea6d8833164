/**
 * Returns the status for the app's error handler to respond with: the error's own `status` if it is from 400 to 599, otherwise 500.
 *
 * @example
 * ```ts
 * import type { ErrorRequestHandler } from 'express';
 *
 * const respond: ErrorRequestHandler = (error, _req, res, _next) => res.status(statusOf(error)).end();
 * app.use(respond);
 * ```
 */
export function statusOf(error: unknown): number {
  const status: unknown =
    typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
