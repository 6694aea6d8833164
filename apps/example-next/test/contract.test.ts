import { fileURLToPath } from 'node:url';
import { contractApp, testAdapterContract } from '@coatcheck/adapter-contract';
import { ChildRuntime } from '@coatcheck/runtimes/child-runtime';
import { buildApp, PATIENCE } from '@coatcheck/shop-common/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const serveContract = fileURLToPath(new URL('./serve-contract.ts', import.meta.url));

describe('Next.js, on its production server', () => {
  let runtime: ChildRuntime;
  beforeAll(async () => {
    await buildApp(new URL('./contract/', import.meta.url), ['next', 'build']);
    runtime = await new ChildRuntime(process.execPath, [serveContract]).ready();
  }, PATIENCE);
  afterAll(() => runtime?.stop());

  testAdapterContract({ describe, it }, { serve: (app) => runtime.serve(app) });

  it('refuses a cookie that a server component sets, and says where it can be set', async () => {
    const { url, close } = await runtime.serve(contractApp('plain'));
    const response = await fetch(`${url}/component`);
    expect(await response.text()).toContain(
      'Cookies can only be modified in a Server Action or Route Handler',
    );
    expect(response.headers.getSetCookie()).toEqual([]);
    await close();
  });
});
