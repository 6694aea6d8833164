// lib/session.ts
import { open, type ReadOnlySession, read, type Session } from '@coatcheck/fetch';
import { cookies, headers } from 'next/headers';
import { NextResponse } from 'next/server';
import { type ShopData, sessions } from './sessions';

/** Reads the session in a server component, which can neither write nor send a cookie. */
export async function readSession(): Promise<ReadOnlySession<ShopData>> {
  return read(sessions, await currentRequest('GET'));
}

/** Opens the session for a server action, and sends its token with the response, even if `work` throws or redirects. */
export async function inAction<T>(work: (session: Session<ShopData>) => Promise<T>): Promise<T> {
  const visit = open(sessions, await currentRequest('POST'));
  visit.refuseCrossSite();
  try {
    return await work(await visit.session.load());
  } finally {
    const jar = await cookies();
    const { headers } = visit.finish(new Response());
    for (const cookie of new NextResponse(null, { headers }).cookies.getAll()) {
      // A cookie without a value is to be cleared; Next.js drops its Max-Age of 0.
      if (cookie.value) jar.set(cookie);
      else jar.delete(cookie);
    }
  }
}

async function currentRequest(method: string) {
  const sent = new Headers(await headers());
  // Not the header as it arrived: after a server action has signed in, Next.js renders the page with the new cookie.
  sent.set('cookie', (await cookies()).toString());
  return { method, url: `http://${sent.get('host')}/`, headers: sent };
}
