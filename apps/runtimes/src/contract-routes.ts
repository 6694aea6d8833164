import type { ContractApp } from '@coatcheck/adapter-contract/app';

/** What a runtime gives the contract's app beside the request. */
export interface Surroundings {
  /** Has workerd go on with a handler whose client has gone. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Makes the response to a WebSocket upgrade. */
  readonly upgrade?: ((request: Request) => Response) | undefined;
}

/** Makes the contract's response to a request, for anything that responds with a `Response`. `carried` has the sessions under their names. */
export async function respondTo(
  app: ContractApp,
  request: Request,
  carried: object,
  { waitUntil, upgrade }: Surroundings = {},
): Promise<Response> {
  const [, way, target, late = ''] = request.url.replace(/^\w+:\/\/[^/]*/, '').split(/[/?]/);
  if (!target?.includes('.')) return new Response('not found', { status: 404 });
  const told = await app.perform(target, carried);
  switch (way) {
    case 'text':
      return new Response(told);
    case 'redirect':
      return Response.redirect(new URL('/text/kit.nothing', request.url), 303);
    case 'empty':
      return new Response(null, { status: 204 });
    case 'unchanged':
      return new Response(null, { status: 304 });
    case 'headers': {
      const response = new Response(told);
      response.headers.delete('content-type');
      for (const [name, value] of app.ownHeaders.pairs) response.headers.append(name, value);
      return response;
    }
    case 'raw-object': {
      const { 'set-cookie': cookies = [], ...others } = app.ownHeaders.object;
      const headers = new Headers(Object.entries(others).map(([name, value]) => [name, String(value)]));
      for (const cookie of [cookies].flat()) headers.append('set-cookie', cookie);
      return new Response(told, { headers });
    }
    case 'raw-array':
      return new Response(told, { headers: app.ownHeaders.pairs });
    case 'elsewhere':
      return app.fromElsewhere();
    case 'throw':
      throw new Error('Thrown after the write');
    case 'stream': {
      const later = app.performLate(late, carried);
      waitUntil?.(later);
      return new Response(streamOf(later));
    }
    case 'upgrade':
      return upgrade?.(request) ?? new Response('no upgrade', { status: 426 });
    default:
      return new Response('not found', { status: 404 });
  }
}

function streamOf(later: Promise<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode('started\n'));
      controller.enqueue(encoder.encode(await later));
      controller.close();
    },
  });
}
