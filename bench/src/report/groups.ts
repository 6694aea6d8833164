import type { Case } from '../drive/visitors.ts';
import type { Results } from '../measure/results.ts';
import { SIDES, type SideEntry } from '../side-list.ts';
import type { Stat } from '../stats.ts';

/** Sides that are compared with one another, the first of them ours. */
export interface Group {
  readonly title: string;
  readonly ids: readonly string[];
}

export const GROUPS: readonly Group[] = [
  {
    title: 'Express, memory store',
    ids: [
      'express/coatcheck',
      'express/coatcheck-secrets',
      'express/drop-in',
      'express/express-session',
      'express/iron-session',
    ],
  },
  {
    title: 'Express, SQLite',
    ids: ['express/coatcheck-sqlite', 'express/drop-in-sqlite', 'express/better-sqlite3-session-store'],
  },
  {
    title: 'Express, Redis',
    ids: [
      'express/coatcheck-redis',
      'express/drop-in-redis',
      'express/connect-redis',
      'express/connect-redis-saved',
    ],
  },
  { title: 'Express, PostgreSQL', ids: ['express/coatcheck-postgres', 'express/connect-pg-simple'] },
  { title: 'Koa, memory store', ids: ['koa/coatcheck', 'koa/koa-session'] },
  {
    title: 'Hono, memory store',
    ids: [
      'hono/coatcheck',
      'hono/hono-sessions',
      'hono/hono-sessions-encrypted',
      'hono/session-storage',
      'hono/session-cookie',
    ],
  },
  { title: 'Fastify, memory store', ids: ['fastify/coatcheck', 'fastify/session'] },
];

export const CASE_TITLES: Readonly<Record<Case, string>> = {
  anonymous: 'anonymous visitor',
  forged: 'forged token',
  read: 'valid read',
  write: 'write',
  signIn: 'sign-in',
};

/** Finds a side by its ID. */
export function entryOf(id: string): SideEntry {
  const entry = SIDES.find((each) => each.id === id);
  if (entry === undefined) throw new Error(`There is no side ${id}`);
  return entry;
}

/** Names a side beside the others of its group. */
export function titleOf(id: string): string {
  const { title, store } = entryOf(id);
  return store === 'cookie' ? `${title} (data in the cookie)` : title;
}

/** The stores that are named beside the framework. */
const SERVED: ReadonlySet<string> = new Set(['SQLite', 'Redis', 'PostgreSQL']);

/** Names a side by itself. */
export function named(id: string): string {
  const { framework, store, title } = entryOf(id);
  if (store === 'none') return `**${title}**`;
  return `${framework}${SERVED.has(store) ? `, ${store}` : ''}: ${titleOf(id)}`;
}

/** Gives the side of ours that a group's sides are compared with. */
export function oursIn({ ids }: Group): string {
  return ids.find((id) => id.includes('/coatcheck')) ?? 'express/coatcheck';
}

/** Gives what the sessions of a side add to a request. */
export function costOf(requests: Results['requests'], id: string, kind: Case): Stat | undefined {
  return requests?.[id]?.[kind]?.overhead;
}
