import type { RequestListener } from 'node:http';

/** Breaks an app on purpose: so many bytes of each request are never released. The soak must find it. */
export function leaking(app: RequestListener, bytes: number): RequestListener {
  const kept: string[] = [];
  return (request, response) => {
    // One byte a character, in one piece.
    kept.push(Buffer.alloc(bytes, String(kept.length)).toString('latin1'));
    app(request, response);
  };
}
