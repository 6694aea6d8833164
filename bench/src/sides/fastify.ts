import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { lookUp, ROUTES, type SessionUse, type Side, USER_HEADER } from '../side.ts';

/** Builds the shop on Fastify, behind a proxy that speaks HTTPS to the browser. */
export async function fastifySide(
  use: SessionUse<FastifyRequest>,
  mount?: (app: FastifyInstance) => void,
): Promise<Side> {
  const app = Fastify({ trustProxy: true });
  mount?.(app);
  app.get(ROUTES.read.path, async (request) => String(await use.read(request)));
  app.post(ROUTES.write.path, async (request) => String(await use.write(request)));
  app.post(ROUTES.slowWrite.path, async (request) => {
    await lookUp();
    return String(await use.write(request));
  });
  app.post(ROUTES.signIn.path, async (request) => {
    const userId = request.headers[USER_HEADER];
    return String(await use.signIn(request, typeof userId === 'string' ? userId : ''));
  });
  app.post(ROUTES.signOut.path, async (request) => String(await use.signOut(request)));
  await app.ready();
  return {
    handler: { kind: 'node', handle: (req, res) => app.routing(req, res) },
    listen: async () => {
      await app.listen({ host: '127.0.0.1', port: 0 });
      const [address] = app.addresses();
      if (typeof address !== 'object') throw new Error('Fastify does not listen');
      return address.port;
    },
  };
}
