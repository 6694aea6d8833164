import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { listen, type ServedApp } from '@coatcheck/adapter-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const { app }: { app: RequestListener } = createRequire(import.meta.url)('./test-support/sloppy-app.cjs');

describe('in a CommonJS app without strict mode', () => {
  let served: ServedApp;

  beforeAll(async () => {
    served = await listen(createServer(app));
  });
  afterAll(() => served.close());

  it.each([
    ['/property', 'await session.update({ count: value })'],
    ['/known-property', 'await session.signIn(String(user.id))'],
    ['/session', 'await session.destroy()'],
  ])('an assignment throws an error that names the right call: %s', async (path, instead) => {
    const response = await fetch(served.url + path, { method: 'POST' });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain(instead);
  });
});
