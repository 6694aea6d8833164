import type { RequestListener } from 'node:http';
import type { Sessions } from '@coatcheck/core';
import { type SessionVariables, session } from '@coatcheck/hono';
import { getRequestListener } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { explainLoad, respond, type ShopResponse } from './shop.ts';
import type { ShopData } from './shop-data.ts';

/** Builds the shop on Hono. */
export function onHono(sessions: Sessions<ShopData>): RequestListener {
  const app = new Hono<{ Variables: SessionVariables<ShopData> }>();
  app.use(session(sessions, { ip: (c) => getConnInfo(c).remote.address }));
  app.all('/:action', async (c) => {
    const fields = new URL(c.req.url).searchParams;
    return send(await respond(c.var.session, sessions, { action: c.req.param('action'), fields }));
  });
  app.onError((error) => send(explainLoad(error)));
  return getRequestListener(app.fetch);
}

function send({ status, body }: ShopResponse): Response {
  return Response.json(body, { status });
}
