import { Readable } from 'node:stream';
import { type ContractApp, type ServedApp, statusOf, testAdapterContract } from '@coatcheck/adapter-contract';
import formbody from '@fastify/formbody';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { describe, it } from 'vitest';
import { session } from './index.ts';

testAdapterContract({ describe, it }, { serve });

type Respond = (reply: FastifyReply, result: string) => unknown;

async function serve(app: ContractApp): Promise<ServedApp> {
  const fastify = Fastify({ trustProxy: app.trustProxy && 'loopback', forceCloseConnections: true });
  await fastify.register(formbody);
  for (const { sessions, options } of app.mounts) await fastify.register(session(sessions, options));

  const route = (path: string, respond: Respond) => {
    fastify.all<{ Params: { target: string } }>(`${path}/:target`, async (request, reply) => {
      const result = await app.perform(request.params.target, request);
      await respond(reply, result);
      return reply;
    });
  };
  route('/text', (reply, result) => reply.send(result));
  route('/redirect', (reply) => reply.redirect('/text/kit.nothing', 303));
  route('/empty', (reply) => reply.code(204).send());
  route('/unchanged', (reply) => reply.code(304).send());
  route('/headers', (reply, told) => reply.headers(app.ownHeaders.object).send(told));
  route('/raw-object', (reply, told) => reply.hijack().raw.writeHead(200, app.ownHeaders.object).end(told));
  route('/raw-array', (reply, told) => reply.hijack().raw.writeHead(200, app.ownHeaders.flat).end(told));
  route('/elsewhere', async (reply) => reply.send(await app.fromElsewhere()));
  route('/throw', () => {
    throw new Error('Thrown after the write');
  });
  fastify.all<{ Params: { target: string; late: string } }>(
    '/stream/:target/:late',
    async (request, reply) => {
      const { target, late } = request.params;
      await app.perform(target, request);
      return reply.send(Readable.from(stream(app, late, request)));
    },
  );

  fastify.setErrorHandler((error, _request, reply) => reply.code(statusOf(error)).send('failed'));
  return { url: await fastify.listen({ host: 'localhost', port: 0 }), close: () => fastify.close() };
}

async function* stream(app: ContractApp, late: string, request: FastifyRequest) {
  yield 'started\n';
  yield await app.performLate(late, request);
}
