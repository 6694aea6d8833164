import type { Sessions } from '@coatcheck/core';
import { type AdapterOptions, mountSessions, ParsedRequestView, sealOnto } from '@coatcheck/core/adapter';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import onHeaders from 'on-headers';

/** Puts a session on each request of the routes that are declared after it. */
export function session<Data>(
  fastify: FastifyInstance,
  sessions: Sessions<Data>,
  options: AdapterOptions<FastifyRequest> = {},
): void {
  const { lazy, open, attach } = mountSessions<Data, FastifyRequest>(sessions, options);
  // At this hook a form has been parsed, and no handler has run.
  fastify.addHook('preHandler', async (request, reply) => {
    const visit = open(new ParsedRequestView(request), request);
    attach(request, visit.session);
    onHeaders(reply.raw, () => sealOnto(reply.raw, visit));
    if (!lazy) await visit.session.load();
  });
}
