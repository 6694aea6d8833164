import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import type { DefaultTheme, UserConfig } from 'vitepress';
import { accessibleSearch } from './accessible-search.ts';
import { writeGeneratedPages } from './generated.ts';
import { writeMarkdownFiles } from './markdown-files.ts';
import { docsDirectory, readPage } from './page.ts';
import { REPOSITORY, useRepositoryLinks } from './repository-links.ts';
import { search } from './search.ts';
import { sidebar } from './sidebar.ts';

const title = 'Coatcheck';
const description = 'Server-side sessions for Express, Koa, Hono, Fastify and Fetch handlers';
const mark = readFileSync(join(docsDirectory, '../apps/shop-common/assets/mark.svg'));

/** Pages whose tables need the whole window. */
const WIDE: ReadonlySet<string> = new Set(['compare.md']);

await writeGeneratedPages();

const config: UserConfig<DefaultTheme.Config> = {
  lang: 'en',
  title,
  description,
  head: [
    ['link', { rel: 'icon', href: `data:image/svg+xml;base64,${mark.toString('base64')}` }],
    [
      'noscript',
      {},
      `<style>${readFileSync(join(docsDirectory, '.vitepress/theme/noscript.css'), 'utf8')}</style>`,
    ],
  ],
  transformPageData({ relativePath, frontmatter }) {
    return {
      description: readPage(relativePath.replace(/\.md$/, '')).summary,
      frontmatter: WIDE.has(relativePath) ? { ...frontmatter, aside: false, pageClass: 'wide' } : frontmatter,
    };
  },
  transformHead({ pageData: { relativePath } }) {
    return [['link', { rel: 'alternate', type: 'text/markdown', href: `/${relativePath}` }]];
  },
  buildEnd({ outDir }) {
    writeMarkdownFiles(outDir, title, description);
  },
  // A page links to all others; loading them in advance would be megabytes.
  router: { prefetchLinks: false },
  vite: { plugins: [accessibleSearch] },
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: useRepositoryLinks,
    // Shiki does not know it. Its syntax is near to that of nginx.
    languageAlias: { caddyfile: 'nginx' },
  },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'API', link: '/api/' },
      { text: 'Troubleshooting', link: '/troubleshooting' },
      { text: 'GitHub', link: REPOSITORY },
    ],
    sidebar,
    outline: [2, 3],
    search,
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path` },
  },
};

export default config;
