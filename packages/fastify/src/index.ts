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

export type {
  Session,
  SessionEvent,
  SessionSummary,
  Sessions,
  SessionsOptions,
  SessionView,
} from '@coatcheck/core';
export { bearer, cookie, createSessions, form, header, memoryStore, query } from '@coatcheck/core';
export { ipAddress, userAgent } from '@coatcheck/core/client-checks';
export { SessionError };

/**
 * Declares the data type of each session on a request, by its name.
 *
 * @example
 * ```ts
 * declare module '@coatcheck/fastify' {
 *   interface Register {
 *     session: { cart: string[] };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it, which only an interface allows.
export interface Register {}

/** Maps every registered name to its session. Each request has these properties. */
export type RegisteredSessions = { readonly [Name in keyof Register]: Session<Register[Name]> };

declare module 'fastify' {
  interface FastifyRequest extends RegisteredSessions {}
}

/** Options of {@link session}: `lazy`, `passive` and `as`. */
export type SessionOptions<Name extends string = string> = AdapterOptions<FastifyRequest, Name>;

/**
 * Returns a plugin that attaches `request.session` to each request, loads it unless `lazy` is set, and sends its token with any kind of response.
 *
 * The session exists from `onRequest` on. It is loaded in `preValidation`, after a form is parsed and before guards in `preValidation` and `preHandler`.
 * If loading fails, the error goes to the error handler. The `form` transport needs a content type parser such as `@fastify/formbody`.
 *
 * The response to a WebSocket upgrade cannot carry a token, so a call that needs one rejects with `ERR_RESPONSE_SEALED`.
 *
 * @example
 * ```ts
 * await app.register(session(createSessions({ store: memoryStore(), initial: () => ({ cart: [] as string[] }) })));
 * ```
 *
 * @throws {SessionError} `ERR_CONFIG` if an option is invalid. The registration fails with `ERR_CONFIG` if another plugin, or a
 * `session()` of other sessions, already uses the name. The same `sessions` may be registered in an app and in its plugins.
 */
export function session<Name extends string = 'session'>(
  sessions: Sessions<Name extends keyof Register ? Register[Name] : unknown>,
  options: SessionOptions<Name> = {},
): FastifyPluginAsync {
  const { name, open, attach, rejoin, admit } = mountSessions<unknown, FastifyRequest>(sessions, options);
  const slot: unique symbol = Symbol(name);
  interface Carrier extends FastifyRequest {
    [slot]?: Visit<unknown>;
  }
  const mark = `coatcheck.${name}`;
  const plugin: FastifyPluginAsync = async (fastify) => {
    if (fastify.hasDecorator(mark)) {
      // The same sessions may be registered in an app and in its plugins.
      if (Reflect.get(fastify, mark) !== sessions) throw taken(name);
      fastify.addHook('preValidation', (request, _reply, next) => {
        rejoin(Reflect.get(request, name), request).then(() => next(), next);
      });
      return;
    }
    if (fastify.hasRequestDecorator(name)) throw taken(name);
    fastify.decorate(mark, sessions);
    fastify.addHook('onRequest', (request: Carrier, reply, next) => {
      const visit = open(new ParsedRequestView(request), request);
      const direct = visit.respond();
      if (direct !== undefined) {
        direct.then(({ status, headers, body }) => {
          for (const [header, value] of headers) void reply.header(header, value);
          void reply.code(status).send(body);
        }, next);
        return;
      }
      attach(request, visit.session);
      request[slot] = visit;
      onHeaders(reply.raw, () => sealOnto(reply.raw, visit));
      next();
    });
    fastify.addHook('preValidation', (request: Carrier, _reply, next) => {
      const { [slot]: visit } = request;
      // What @fastify/websocket sets for an upgrade, at onRequest.
      if ('ws' in request && request.ws === true) visit?.seal();
      const admission = visit && admit(visit, request);
      if (admission === undefined) next();
      else admission.then(() => next(), next);
    });
  };
  return fastifyPlugin(plugin, { fastify: '5.x', name: '@coatcheck/fastify' });
}

// The rest of the types that an app may name.
export type { DeepReadonly, Duration, Ended, Json, SessionErrorCode, SessionStore } from '@coatcheck/core';
