import { type Session, SessionError, type Sessions, type Visit } from '@coatcheck/core';
import {
  type AdapterOptions,
  mountSessions,
  ParsedRequestView,
  sealOnto,
  taken,
} from '@coatcheck/core/adapter';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { fastifyPlugin } from 'fastify-plugin';
import onHeaders from 'on-headers';

export type { Session, SessionEvent, SessionSummary, Sessions, SessionsOptions } from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { SessionError };

/** Names the data of each session on a request: `declare module '@coatcheck/fastify' { interface Register { session: ShopData } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface Register {}

/** Maps every registered name to its session: what each request has. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare module 'fastify' {
  interface FastifyRequest extends RegisteredSessions {}
}

/** Sets what `session` does with each request. */
export type SessionOptions<Name extends string = string> = AdapterOptions<FastifyRequest, Name>;

/**
 * Makes the plugin that puts `request.session` on each request, and brings its token to the client with whatever response is sent.
 *
 * The session is there from `onRequest` on, and loaded at `preValidation` unless `lazy`: after a form was parsed, before guards in `preValidation` and `preHandler`.
 * A store's failure goes to the error handler. The `form` transport needs a content type parser such as `@fastify/formbody`.
 *
 * An upgrade to a WebSocket has no response that could bring a token: a call that needs one rejects with `ERR_RESPONSE_SEALED`.
 *
 * @throws `ERR_CONFIG` for an option. The registration fails with it if the name is taken, by another plugin or a second `session()`.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): FastifyPluginAsync {
  const { name, open, attach, admit } = mountSessions<unknown, FastifyRequest>(sessions, options);
  const slot: unique symbol = Symbol(name);
  interface Carrier extends FastifyRequest {
    [slot]?: Visit<unknown>;
  }
  const mark = `coatcheck.${name}`;
  const plugin: FastifyPluginAsync = async (fastify) => {
    if (fastify.hasDecorator(mark) || fastify.hasRequestDecorator(name)) throw taken(name);
    fastify.decorate(mark, true);
    fastify.addHook('onRequest', (request: Carrier, reply, next) => {
      const visit = open(new ParsedRequestView(request), request);
      attach(request, visit.session);
      request[slot] = visit;
      onHeaders(reply.raw, () => sealOnto(reply.raw, visit));
      next();
    });
    fastify.addHook('preValidation', (request: Carrier, _reply, next) => {
      const { [slot]: visit } = request;
      // What @fastify/websocket sets for an upgrade, at onRequest.
      if ('ws' in request && request.ws === true) visit?.seal();
      if (visit === undefined) next();
      else admit(visit, request).then(() => next(), next);
    });
  };
  return fastifyPlugin(plugin, { fastify: '5.x', name: '@coatcheck/fastify' });
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
