import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Clause } from '../clause.ts';
import type { Site } from '../lab.ts';
import type { Visitor } from '../visitor.ts';
import { countSeen, see } from './seen.ts';

/** Lists the clauses about what a handler does after its response has started. */
export const running: readonly Clause[] = [
  {
    title: 'rejects creating a session after the response has started, before anything is stored',
    async check(lab) {
      const site = await lab.serve();
      equal(await late(site, site.stranger(), 'session.add'), '{"error":"ERR_RESPONSE_SEALED"}');
      deepEqual(await site.store(), { reads: 0, writes: 0, records: 0 });
    },
  },
  {
    title: 'rejects a sign-in after the response has started, and the token keeps working',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const before = await see(visitor);
      equal(await late(site, visitor, 'session.sign-in'), '{"error":"ERR_RESPONSE_SEALED"}');
      deepEqual(await see(visitor), before);
    },
  },
  {
    title: 'keeps an update made during a stream',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      equal(await late(site, visitor, 'session.add'), '{"result":2}');
      equal(await countSeen(visitor), 2);
    },
  },
  {
    title: 'warns of a session that is first read after the response has started, as its Vary is missing',
    async check(lab) {
      const site = await lab.serve();
      const visitor = await site.visitor();
      const { id } = await see(visitor);
      equal(await late(site, visitor, 'session.show', 'GET'), JSON.stringify({ result: { id, count: 1 } }));
      const events: unknown = await site.command('events');
      const warnings = Array.isArray(events) ? events.filter(({ type }) => type === 'warning') : [];
      const codes = warnings.map(({ code }) => code);
      ok(codes.includes('late-read'), `The warning late-read must be sent; the warnings are ${codes}`);
    },
  },
];

/** Performs a target after the client has received the start of the response, and returns the outcome. */
async function late(site: Site, visitor: Visitor, target: string, method = 'POST'): Promise<string> {
  const exchange = await visitor.begin(`/stream/kit.nothing/${target}`, { method });
  await exchange.started();
  await site.command('open-gate');
  const { status, text } = await visitor.receive(await exchange.response);
  equal(status, 200);
  return text.replace('started\n', '');
}
