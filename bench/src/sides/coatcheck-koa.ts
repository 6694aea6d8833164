import { memoryStore } from '@coatcheck/core';
import { session } from '@coatcheck/koa';
import type { ShopData } from '../shop-data.ts';
import type { Side, SideSetting } from '../side.ts';
import { NAME, shopSessions, useOf, withSweep } from './coatcheck.ts';
import { koaSide } from './koa.ts';

declare module '@coatcheck/koa' {
  interface Register {
    [NAME]: ShopData;
  }
}

export function withMemory(setting: SideSetting): Side {
  const sessions = shopSessions(setting, memoryStore());
  const side = koaSide(
    useOf((ctx) => ctx[NAME]),
    () => session(sessions, { as: NAME }),
  );
  return withSweep(side, sessions);
}
