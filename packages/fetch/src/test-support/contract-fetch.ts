import { type ContractApp, statusOf } from '@coatcheck/adapter-contract/app';
import { taken } from '@coatcheck/core/adapter';
import { respondTo, type Surroundings } from '@coatcheck/runtimes/contract-routes';
import { open, type RequestFacts, type Session, withSession } from '../index.ts';

/** What a runtime tells the contract's app beside the request. */
interface Around extends Surroundings {
  readonly ip?: string | undefined;
}

export type ContractFetch = (request: Request, surroundings: Around) => Promise<Response>;
type Carried = Readonly<Record<string, Session<{ count: number }>>>;

/** Makes the contract's app with `withSession`, for any runtime that speaks Fetch. */
export function contractFetch(app: ContractApp): ContractFetch {
  const fetch = mounted(app, app.mounts, {});
  return (request, surroundings) => respondSafely(() => fetch(request, surroundings));
}

/** Makes it with `open` and `finish`. */
export function contractFetchInTwoSteps(app: ContractApp): ContractFetch {
  return (request, surroundings) =>
    respondSafely(async () => {
      const facts = await factsOf(app, request, surroundings);
      const mounts = app.mounts.filter((mount, index, all) => all.indexOf(mount) === index);
      const names = mounts.map(({ options: { as = 'session' } }) => as);
      const clash = names.find((name, index) => names.indexOf(name) !== index);
      if (clash !== undefined) throw taken(clash);
      const visits = mounts.map(
        ({ sessions, options: { as = 'session', lazy, serveCrossSite, passive = false } }) => {
          return { as, lazy, serveCrossSite, visit: open(sessions, request, { ...facts, passive }) };
        },
      );
      for (const { visit } of visits) {
        const direct = visit.respond();
        if (direct !== undefined) return direct;
      }
      for (const { lazy, serveCrossSite, visit } of visits) {
        if (!serveCrossSite) visit.refuseCrossSite();
        if (!lazy) await visit.session.load();
      }
      const carried = Object.fromEntries(visits.map(({ as, visit }) => [as, visit.session]));
      const response = await respondSafely(() => respondTo(app, request, carried, surroundings));
      return visits.reduce((finished, { visit }) => visit.finish(finished), response);
    });
}

function mounted(
  app: ContractApp,
  [mount, ...others]: ContractApp['mounts'],
  carried: Carried,
): ContractFetch {
  // Errors get their response in here, so that the responses to them bring the token.
  if (mount === undefined) {
    return (request, surroundings) => respondSafely(() => respondTo(app, request, carried, surroundings));
  }
  const { as = 'session', ...options } = mount.options;
  return withSession(
    mount.sessions,
    (request, session, surroundings: Around) => {
      const present = carried[as];
      if (present !== undefined && present !== session) throw taken(as);
      return mounted(app, others, { ...carried, [as]: session })(request, surroundings);
    },
    { ...options, facts: (request, surroundings) => factsOf(app, request, surroundings) },
  );
}

async function factsOf({ trustProxy }: ContractApp, request: Request, { ip }: Around): Promise<RequestFacts> {
  const forwarded = (name: string) => (trustProxy && request.headers.get(`x-forwarded-${name}`)) || undefined;
  return {
    ip: forwarded('for')?.split(',').at(-1)?.trim() ?? ip,
    host: forwarded('host'),
    form: await request
      .clone()
      .formData()
      .catch(() => undefined),
  };
}

async function respondSafely(respond: () => Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    return new Response('failed', { status: statusOf(error) });
  }
}
