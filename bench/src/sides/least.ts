import type { RequestHandler } from 'express';
import type { FastifyInstance } from 'fastify';
import type { MiddlewareHandler } from 'hono';
import type { Middleware } from 'koa';

// The least that any library for sessions must do: look for its cookie, and say that the response depends on it.

function look(cookie: string | undefined): void {
  if (cookie === '') throw new Error('No browser sends an empty Cookie header');
}

export const onExpress: RequestHandler = (req, res, next) => {
  look(req.headers.cookie);
  res.setHeader('Vary', 'Cookie');
  next();
};

export const onKoa: Middleware = (ctx, next) => {
  look(ctx.headers.cookie);
  ctx.set('Vary', 'Cookie');
  return next();
};

export const onHono: MiddlewareHandler = async (c, next) => {
  look(c.req.header('cookie'));
  await next();
  c.res.headers.append('vary', 'Cookie');
};

export function onFastify(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, next) => {
    look(request.headers.cookie);
    reply.header('vary', 'Cookie');
    next();
  });
}
