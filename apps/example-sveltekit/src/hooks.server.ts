// src/hooks.server.ts
import { SessionError, withSession } from '@coatcheck/fetch';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { sessions } from './lib/server/sessions.ts';

type Input = Parameters<Handle>[0];

const serve = withSession(
  sessions,
  (_request, session, { event, resolve }: Input) => {
    event.locals.session = session;
    return resolve(event);
  },
  {
    facts: (_request, { event }) => ({
      host: event.url.host,
      // A getter, because SvelteKit throws here while it prerenders a page.
      get ip() {
        return event.getClientAddress();
      },
    }),
  },
);

export const handle: Handle = (input) => serve(input.event.request, input);

export const handleError: HandleServerError = ({ error }) => {
  if (SessionError.is(error)) return { status: error.status, message: error.code };
  console.error(error);
  return undefined;
};
