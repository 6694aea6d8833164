// The groups of the sidebar: every page of docs/ once, and those that are made when the site is built.

import { readPage } from './page.ts';
import { referenceModules } from './reference/modules.ts';

interface SidebarGroup {
  readonly text: string;
  readonly items: { readonly text: string; readonly link: string }[];
}

const GROUPS: readonly (readonly [name: string, ...pages: string[]])[] = [
  [
    'Start',
    'index',
    'quick-start',
    'quick-start-databases',
    'concepts',
    'which-store',
    'testing',
    'faq',
    'troubleshooting',
    'glossary',
  ],
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
    'capacity',
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

const guides: SidebarGroup[] = GROUPS.map(([text, ...pages]) => ({
  text,
  items: pages.map((name) => ({
    text: name === 'index' ? 'Start page' : readPage(name).title,
    link: name === 'index' ? '/' : `/${name}.html`,
  })),
}));

export const sidebar: SidebarGroup[] = [
  ...guides,
  {
    text: 'API reference',
    items: [
      { text: 'All modules', link: '/api/' },
      ...referenceModules.map(({ specifier, page }) => ({ text: specifier, link: `/api/${page}.html` })),
    ],
  },
  { text: 'Releases', items: [{ text: 'Changelog', link: '/changelog/' }] },
];
