import { AsyncLocalStorage } from 'node:async_hooks';
import type { Gate } from './gate.ts';
import type { Stage } from './stage.ts';

/** A request of the lab while the shop handles it. */
export interface LabRequest {
  readonly stage: Stage;
  readonly client: string;
  readonly gate: Gate | undefined;
}

/** The lab's request that is being handled; undefined for the request of a visitor. */
export const labRequests: AsyncLocalStorage<LabRequest> = new AsyncLocalStorage<LabRequest>();

/** Returns how far the clock of the present request is ahead, in milliseconds: an act of the lab may have let time pass. */
export function labAhead(): number {
  return labRequests.getStore()?.stage.ahead ?? 0;
}

/** Returns the time in milliseconds since the epoch, as the present request sees it. */
export function labNow(): number {
  return Date.now() + labAhead();
}

/** Waits if this is a request of the lab that its act holds back. */
export async function waitAtGate(): Promise<void> {
  const asked = labRequests.getStore();
  if (asked?.gate === undefined) return;
  asked.stage.trace.record({ kind: 'waits', client: asked.client });
  await asked.gate.pass();
}
