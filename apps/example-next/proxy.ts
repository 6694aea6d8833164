// proxy.ts
import { open } from '@coatcheck/fetch';
import { type NextRequest, NextResponse } from 'next/server';
import { sessions } from './lib/sessions';

/** Lets a page view count as a use of the session, and renews its token in time. Server components can do neither. */
export async function proxy(request: NextRequest): Promise<Response> {
  // A server action opens the session itself.
  if (request.method === 'POST') return NextResponse.next();
  const visit = open(sessions, request, { host: request.headers.get('host') ?? undefined });
  await visit.session.load();
  return visit.finish(NextResponse.next());
}

export const config = {
  matcher: [
    {
      source: '/((?!api/|_next/).*)',
      // A prefetch is no use of the session.
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
};
