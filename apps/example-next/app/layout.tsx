import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { readSession } from '../lib/session';
import { findUser } from '../lib/users';

export const metadata: Metadata = { title: 'Coats', icons: 'data:,' };

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const { userId, data } = await readSession();
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Coats</Link> <Link href="/cart">Cart ({data.cart.length})</Link>{' '}
          <Link href="/account">{findUser(userId)?.name ?? 'Sign in'}</Link>
        </nav>
        <main>{children}</main>
      </body>
    </html>
  );
}
