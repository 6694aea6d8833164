import { memoryStore } from '@coatcheck/core';
import { session } from '@coatcheck/fastify';
import type { FastifyRequest } from 'fastify';
import type { ShopData } from '../shop-data.ts';
import type { Side, SideSetting } from '../side.ts';
import { NAME, shopSessions, useOf, withSweep } from './coatcheck.ts';
import { fastifySide } from './fastify.ts';

declare module '@coatcheck/fastify' {
  interface Register {
    [NAME]: ShopData;
  }
}

export async function withMemory(setting: SideSetting): Promise<Side> {
  const sessions = shopSessions(setting, memoryStore());
  const side = await fastifySide(
    useOf((request: FastifyRequest) => request[NAME]),
    (app) => void app.register(session(sessions, { as: NAME })),
  );
  return withSweep(side, sessions);
}
