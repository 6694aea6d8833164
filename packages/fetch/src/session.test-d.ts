import { describe, expectTypeOf, it } from 'vitest';
import { createSessions, memoryStore, open, read, type Session, withSession } from './index.ts';

interface ShopData {
  cart: string[];
  note?: string;
}

const shop = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });

describe('withSession()', () => {
  it('knows the data of its sessions in the handler, without a word', () => {
    const handler = withSession(shop, async (request, session) => {
      expectTypeOf(request).toEqualTypeOf<Request>();
      expectTypeOf(session).toEqualTypeOf<Session<ShopData>>();
      const count = await session.update((data) => data.cart.push('tea'));
      expectTypeOf(count).toEqualTypeOf<number>();
      await session.update({ note: 'ring twice' });
      return Response.json(session.data.cart);
    });
    expectTypeOf(handler).toEqualTypeOf<(request: Request) => Promise<Response>>();
  });

  it('takes what the runtime passes after the request, and shows it to facts', () => {
    interface Server {
      requestIP(request: Request): { address: string } | null;
    }
    const handler = withSession(shop, (_request, _session, _server: Server) => new Response(), {
      facts: (request, server) => {
        expectTypeOf(server).toEqualTypeOf<Server>();
        return { ip: server.requestIP(request)?.address };
      },
      passive: (request) => request.headers.get('purpose') === 'prefetch',
    });
    expectTypeOf(handler).toEqualTypeOf<(request: Request, server: Server) => Promise<Response>>();
  });

  it('refuses a handler that returns no response, and options that there are not', () => {
    // @ts-expect-error a handler returns a response
    withSession(shop, () => undefined);
    // @ts-expect-error nothing is attached, so there is no name to choose
    withSession(shop, () => new Response(), { as: 'staff' });
  });
});

describe('open() and read()', () => {
  it('know the data of their sessions', async () => {
    expectTypeOf(open(shop, new Request('https://shop.example/')).session).toEqualTypeOf<Session<ShopData>>();
    const session = await read(shop, new Request('https://shop.example/'));
    expectTypeOf(session.data.cart).toEqualTypeOf<readonly string[]>();
    // @ts-expect-error a session that was opened to be read cannot be written
    session.update({});
    // @ts-expect-error nor ended
    session.destroy();
  });
});
