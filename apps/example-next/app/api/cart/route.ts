// app/api/cart/route.ts
import { SessionError, withSession } from '@coatcheck/fetch';
import { COATS } from '../../../lib/coats';
import { sessions } from '../../../lib/sessions';

const facts = ({ headers }: Request) => ({ host: headers.get('host') ?? undefined });

export const GET = withSession(sessions, async (_request, session) => Response.json(session.data.cart), {
  facts,
});

export const POST = withSession(
  sessions,
  async (request, session) => {
    const { sku } = Object(await request.json());
    if (typeof sku !== 'string' || !Object.hasOwn(COATS, sku))
      return new Response('No such coat', { status: 400 });
    try {
      await session.update((data) => data.cart.push(sku));
      return Response.json(session.data.cart);
    } catch (error) {
      // Next.js responds to every error with 500.
      if (!SessionError.is(error)) throw error;
      return Response.json({ error: error.code }, { status: error.status });
    }
  },
  { facts },
);
