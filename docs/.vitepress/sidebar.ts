// The groups of the sidebar: every page of docs/ once.

import { readPage } from './page.ts';

interface SidebarGroup {
  readonly text: string;
  readonly items: { readonly text: string; readonly link: string }[];
}

const GROUPS: readonly (readonly [name: string, ...pages: string[]])[] = [
  ['Start', 'index', 'concepts', 'which-store', 'testing', 'faq', 'troubleshooting', 'glossary'],
  ['Choosing', 'compare', 'jwt'],
  [
    'Migrating',
    'migrating',
    'migrate-from-express-session',
    'migrate-from-connect-redis',
    'migrate-from-connect-pg-simple',
    'migrate-from-passport',
    'migrate-from-cookie-session',
    'migrate-from-iron-session',
    'migrate-from-koa-session',
    'migrate-from-hono-sessions',
    'migrate-from-hono-session',
    'migrate-from-fastify-session',
    'csurf',
  ],
  ['Frameworks', 'express', 'express-session', 'nestjs', 'next', 'nuxt', 'recipes', 'websockets', 'runtimes'],
  [
    'Sessions',
    'id-secret-token',
    'deadlines',
    'renewal',
    'finishing',
    'user-sessions',
    'client-checks',
    'device-binding',
  ],
  [
    'Guides',
    'remember-me',
    'two-origins',
    'mobile',
    'back-channel-logout',
    'rolling-deployments',
    'kubernetes',
  ],
  ['Operation', 'behind-a-proxy', 'cross-site', 'errors-and-events', 'errors'],
  ['Your own store or adapter', 'writing-a-store', 'writing-an-adapter'],
  [
    'Evidence',
    'architecture',
    'security-model',
    'promises',
    'reliability',
    'asvs',
    'rules',
    'express-session-tests',
  ],
];

export const sidebar: SidebarGroup[] = GROUPS.map(([text, ...pages]) => ({
  text,
  items: pages.map((name) => ({
    text: name === 'index' ? 'Start page' : readPage(name).title,
    link: name === 'index' ? '/' : `/${name}.html`,
  })),
}));
