// Runs the code of docs/cross-site.md for forms that another site posts, unchanged, in a real browser.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesOf, findBlocks } from './check-docs.blocks.mjs';
import { launchBrowser } from './recipe-browser.ts';

const page = new URL('../docs/cross-site.md', import.meta.url);
/** Inside docs, so that the page's imports resolve. */
const recipeFolder = new URL('../docs/.recipe/', import.meta.url);

const START_PAGE = `
app.get('/', async (req, res) => {
  await req.session.update((data) => data.cart.push('coat'));
  res.send('<form method="post" action="/sso/start"><button>Sign in</button></form>');
});
app.get('/account', (req, res) => {
  res.type('text').send(\`\${req.session.userId} with \${req.session.data.cart.length}\`);
});
export { app };
`;

/** The functions that the page only declares, for a provider on another site that signs nothing. */
const provider = (port: number) => `
export const providerUrl = (state: string) => 'http://127.0.0.1:${port}/?' + new URLSearchParams({ state });
export const verifyResponse = async (fields: Record<string, unknown>) => ({ id: String(fields['user']) });
`;

const PROVIDER_PAGE = `<form method="post" action="http://localhost:SHOP/sso/callback">
<input name="state"><input name="user" value='ann "&lt;b>" &amp;'><button>Continue</button></form>
<script>document.querySelector('input').value = new URLSearchParams(location.search).get('state')</script>`;

const TIMEOUT_MS = 60_000;

const servers: Server[] = [];
const requests: string[] = [];
let browser: Browser;
let shop: number;
let idp: number;

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function visit(act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  await act(await context.newPage());
  await context.close();
}

beforeAll(async () => {
  idp = await listen((_, res) => {
    res.setHeader('content-type', 'text/html').end(PROVIDER_PAGE.replace('SHOP', String(shop)));
  });
  const { files } = filesOf(findBlocks(readFileSync(page, 'utf8')));
  const declared = files.get('provider-response.ts') ?? '';
  mkdirSync(recipeFolder, { recursive: true });
  writeFileSync(new URL('provider.ts', recipeFolder), `${files.get('provider.ts') ?? ''}${START_PAGE}`);
  writeFileSync(
    new URL('provider-response.ts', recipeFolder),
    declared.replace(/^export declare .*$/gm, '') + provider(idp),
  );
  const { app }: { app: RequestListener } = await import(new URL('provider.ts', recipeFolder).href);
  shop = await listen((req, res) => {
    const { cookie, 'sec-fetch-site': site } = req.headers;
    requests.push(`${req.method} ${req.url} ${site} ${cookie === undefined ? 'without' : 'with'} cookie`);
    app(req, res);
  });
  browser = await launchBrowser();
}, TIMEOUT_MS);

afterAll(async () => {
  await browser?.close();
  for (const server of servers) server.close();
  rmSync(recipeFolder, { recursive: true, force: true });
});

it('a form that another site posts arrives without the cookie, is posted again, and signs in to the visitor’s own session', {
  timeout: TIMEOUT_MS,
}, async () => {
  await visit(async (tab) => {
    await tab.goto(`http://localhost:${shop}/`);
    await tab.click('button');
    await tab.click('button');
    await tab.waitForURL('**/account');
    expect(await tab.textContent('body')).toBe('ann "<b>" & with 1');
  });
  expect(requests.filter((line) => line.startsWith('POST /sso/'))).toEqual([
    'POST /sso/start same-origin with cookie',
    'POST /sso/callback cross-site without cookie',
    'POST /sso/finish same-origin with cookie',
  ]);
});

it('a form for a sign-in that this browser did not start signs no user in', {
  timeout: TIMEOUT_MS,
}, async () => {
  await visit(async (tab) => {
    await tab.goto(`http://localhost:${shop}/`);
    await tab.goto(`http://127.0.0.1:${idp}/?state=made-up`);
    await tab.click('button');
    await tab.waitForURL('**/sso/finish');
    expect(await tab.textContent('body')).toContain('was not started in this browser');
    await tab.goto(`http://localhost:${shop}/account`);
    expect(await tab.textContent('body')).toBe('undefined with 1');
  });
});
