import type { Caller } from '../client/caller.ts';
import type { HistoryWriter } from '../history/writer.ts';
import { pauseFor } from './pause.ts';

/** How long a server has to accept a write again after the last fault, in milliseconds. */
const LIMIT = 30_000;
const PAUSE = 50;

/** Waits until each server accepts a write again, and writes into the history which ones do not. */
export async function untilRecovered(servers: number, caller: Caller, history: HistoryWriter): Promise<void> {
  const probe = async (server: number): Promise<void> => {
    const client = `probe${server}`;
    const deadline = history.now + LIMIT;
    for (let turn = 1; history.now < deadline; turn += 1) {
      const mark = `${client}.${turn}`;
      const received = await caller.call({ client, server, action: 'add', token: undefined, mark });
      if (received.kind === 'response' && received.status === 200) return;
      await pauseFor(PAUSE);
    }
    const detail = `It accepted no write within ${LIMIT} ms.`;
    history.write({ type: 'server', server, what: 'lost', detail });
  };
  await Promise.all(Array.from({ length: servers }, (_, server) => probe(server)));
}
