import { type ContractApp, statusOf } from '@coatcheck/adapter-contract/app';
import { taken } from '@coatcheck/core/adapter';
import { type Session, withSession } from '@coatcheck/fetch';
import type { RequestEvent } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { appOf } from './apps.ts';

type Carried = Readonly<Record<string, Session<{ count: number }>>>;
type Resolve = Parameters<Handle>[0]['resolve'];

export const handle: Handle = ({ event, resolve }) => {
  const app = appOf(event);
  return mounted(app, app.mounts, {})(event.request, event, resolve);
};

export const handleError: HandleServerError = ({ error }) => ({ status: statusOf(error), message: 'failed' });

/** Mounts the session managers of the contract, one within the other, around SvelteKit's own handling. */
function mounted(app: ContractApp, [mount, ...others]: ContractApp['mounts'], carried: Carried) {
  return async (request: Request, event: RequestEvent, resolve: Resolve): Promise<Response> => {
    if (mount === undefined) {
      event.locals.carried = carried;
      return resolve(event);
    }
    const { as = 'session', ...options } = mount.options;
    const serve = withSession(
      mount.sessions,
      (_request, session) => {
        const present = carried[as];
        if (present !== undefined && present !== session) throw taken(as);
        return mounted(app, others, { ...carried, [as]: session })(request, event, resolve);
      },
      { ...options, facts: () => factsOf(app, event) },
    );
    return serve(request);
  };
}

async function factsOf({ trustProxy }: ContractApp, event: RequestEvent) {
  const { headers } = event.request;
  const forwarded = (name: string) => (trustProxy && headers.get(`x-forwarded-${name}`)) || undefined;
  return {
    ip: forwarded('for')?.split(',').at(-1)?.trim() ?? event.getClientAddress(),
    host: forwarded('host') ?? event.url.host,
    form: await event.request
      .clone()
      .formData()
      .catch(() => undefined),
  };
}
