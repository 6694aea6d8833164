import type { RequestListener } from 'node:http';
import type { Sessions } from '@coatcheck/core';
import { session } from '@coatcheck/koa';
import Koa from 'koa';
import { explainLoad, respond } from './shop.ts';
import type { ShopData } from './shop-data.ts';

declare module '@coatcheck/koa' {
  interface Register {
    session: ShopData;
  }
}

/** Builds the shop on Koa. */
export function onKoa(sessions: Sessions<ShopData>): RequestListener {
  const app = new Koa();
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const { status, body } = explainLoad(error);
      ctx.status = status;
      ctx.body = body;
    }
  });
  app.use(session(sessions));
  app.use(async (ctx) => {
    const request = { action: ctx.path.slice(1), fields: ctx.URL.searchParams };
    const { status, body } = await respond(ctx.session, sessions, request);
    ctx.status = status;
    ctx.body = body;
  });
  return app.callback();
}
