import Fastify, { type FastifyPluginAsync, type FastifyRequest } from 'fastify';
import { describe, expectTypeOf, it } from 'vitest';
import { createSessions, memoryStore, type Session, session } from './index.ts';

interface ShopData {
  cart: string[];
  note?: string;
}

interface StaffData {
  desk: number;
}

declare module './index.ts' {
  interface Register {
    session: ShopData;
    staff: StaffData;
  }
}

const shop = createSessions<ShopData>({ store: memoryStore(), initial: () => ({ cart: [] }) });
const staff = createSessions<StaffData>({ store: memoryStore(), initial: () => ({ desk: 0 }) });

describe('a registered session', () => {
  it('has the data of its name, and no any', () => {
    expectTypeOf<FastifyRequest['session']>().toEqualTypeOf<Session<ShopData>>();
    expectTypeOf<FastifyRequest['staff']>().toEqualTypeOf<Session<StaffData>>();
    expectTypeOf<FastifyRequest['session']['data']['cart']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<FastifyRequest['session']['ended']>().not.toBeAny();
    expectTypeOf<FastifyRequest['session']['userId']>().toEqualTypeOf<string | undefined>();
  });

  it('is there in hooks and in handlers, also in those with types of their own', () => {
    const app = Fastify();
    app.addHook('preHandler', async (request) => {
      expectTypeOf(request.session).toEqualTypeOf<Session<ShopData>>();
    });
    app.post<{ Params: { sku: string } }>('/cart/:sku', async (request) => {
      const { sku } = request.params;
      const count = await request.session.update((data) => data.cart.push(sku));
      expectTypeOf(count).toEqualTypeOf<number>();
      await request.session.update({ note: 'ring twice' });
    });
  });

  it('cannot be written to', () => {
    Fastify().get('/', async (request) => {
      // @ts-expect-error the session is no property to assign to
      request.session = undefined;
      // @ts-expect-error nor are its own
      request.session.userId = 'ada';
      // @ts-expect-error nor is its data, at any depth
      request.session.data.cart.push('tea');
    });
  });

  it('refuses a change that would have to wait', () => {
    Fastify().get('/', async (request) => {
      // @ts-expect-error an update is one atomic step and cannot wait
      await request.session.update(async (data) => data.cart.push('tea'));
      // @ts-expect-error a patch has the properties of the data
      await request.session.update({ cat: [] });
    });
  });
});

describe('session()', () => {
  it('is a plugin of Fastify, for every kind of its logger and server', () => {
    expectTypeOf(session(shop)).toEqualTypeOf<FastifyPluginAsync>();
    void Fastify().register(session(shop));
    void Fastify({ http2: true }).register(session(shop));
    void Fastify({ logger: true }).register(session(staff, { as: 'staff' }));
  });

  it('takes the sessions that are registered under its name, and no others', () => {
    // @ts-expect-error request.session is registered with the data of the shop
    session(staff);
    // @ts-expect-error request.staff is registered with the data of the staff
    session(shop, { as: 'staff' });
    session(shop, { as: 'elsewhere' });
  });

  it('shows the request to the function that decides on passive', () => {
    session(shop, {
      passive: (request) => {
        expectTypeOf(request).toEqualTypeOf<FastifyRequest>();
        return request.url === '/poll';
      },
    });
    // @ts-expect-error there is no such option
    session(shop, { lasy: true });
  });
});
