import { type ContractApp, statusOf } from '@coatcheck/adapter-contract/app';
import { taken } from '@coatcheck/core/adapter';
import { type Session, withSession } from '@coatcheck/fetch';
import { respondTo } from '@coatcheck/runtimes/contract-routes';
import { appOf } from '../../../../lib/apps.ts';

type Carried = Readonly<Record<string, Session<{ count: number }>>>;

const serve = (request: Request): Promise<Response> => {
  const app = appOf(request);
  return respondSafely(() => mounted(app, app.mounts, {})(request));
};

export { serve as DELETE, serve as GET, serve as HEAD, serve as PATCH, serve as POST, serve as PUT };

/** Mounts the session managers of the contract, one within the other. */
function mounted(app: ContractApp, [mount, ...others]: ContractApp['mounts'], carried: Carried) {
  return async (request: Request): Promise<Response> => {
    if (mount === undefined) return respondSafely(() => respondTo(app, request, carried));
    const { as = 'session', ...options } = mount.options;
    const serve = withSession(
      mount.sessions,
      (_request, session) => {
        const present = carried[as];
        if (present !== undefined && present !== session) throw taken(as);
        return mounted(app, others, { ...carried, [as]: session })(request);
      },
      { ...options, facts: () => factsOf(app, request) },
    );
    return serve(request);
  };
}

async function factsOf({ trustProxy }: ContractApp, request: Request) {
  const forwarded = (name: string) => (trustProxy && request.headers.get(`x-forwarded-${name}`)) || undefined;
  return {
    ip: forwarded('for')?.split(',').at(-1)?.trim(),
    host: forwarded('host') ?? request.headers.get('host') ?? undefined,
    form: await request
      .clone()
      .formData()
      .catch(() => undefined),
  };
}

/** Next.js responds to every error with 500 and tells no handler of it, so a handler responds itself. */
async function respondSafely(respond: () => Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    return new Response('failed', { status: statusOf(error) });
  }
}
