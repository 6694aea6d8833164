import Koa, { type Context, type Middleware } from 'koa';
import { lookUp, ROUTES, SECRET, type SessionUse, type Side, USER_HEADER } from '../side.ts';
import { listenWith } from './listen.ts';

/** Builds the shop on Koa, behind a proxy that speaks HTTPS to the browser. */
export function koaSide(use: SessionUse<Context>, mount?: (app: Koa) => Middleware): Side {
  const app = new Koa({ proxy: true, keys: [SECRET] });
  if (mount !== undefined) app.use(mount(app));
  app.use((ctx) => {
    const visits = respond(use, ctx);
    if (typeof visits !== 'number') {
      return visits.then((number) => {
        ctx.body = String(number);
      });
    }
    ctx.body = String(visits);
    return undefined;
  });
  const handle = app.callback();
  return { handler: { kind: 'node', handle }, listen: () => listenWith(handle) };
}

/** Koa brings no router, and which one is used is not what is measured. */
function respond(use: SessionUse<Context>, ctx: Context): number | Promise<number> {
  switch (ctx.path) {
    case ROUTES.read.path:
      return use.read(ctx);
    case ROUTES.write.path:
      return use.write(ctx);
    case ROUTES.slowWrite.path:
      return lookUp().then(() => use.write(ctx));
    case ROUTES.signIn.path:
      return use.signIn(ctx, ctx.get(USER_HEADER));
    case ROUTES.signOut.path:
      return use.signOut(ctx);
    default:
      return ctx.throw(404);
  }
}
