import { memoryStore } from '@coatcheck/core';
import { type SessionVariables, session } from '@coatcheck/hono';
import type { ShopData } from '../shop-data.ts';
import type { Side, SideSetting } from '../side.ts';
import { shopSessions, useOf, withSweep } from './coatcheck.ts';
import { honoSide } from './hono.ts';

export function withMemory(setting: SideSetting): Side {
  const sessions = shopSessions(setting, memoryStore());
  const side = honoSide<{ Variables: SessionVariables<ShopData> }>(
    useOf((c) => c.var.session),
    session(sessions),
  );
  return withSweep(side, sessions);
}
