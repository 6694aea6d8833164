import { createServer, type RequestListener } from 'node:http';
import { flushCompileCache } from 'node:module';
import { createSessions, type Sessions } from '@coatcheck/core';
import { Gauges } from './gauges.ts';
import { leaking } from './leaking.ts';
import { onExpress } from './on-express.ts';
import { onHono } from './on-hono.ts';
import { onKoa } from './on-koa.ts';
import { openStore } from './open-store.ts';
import type { ShopData } from './shop-data.ts';
import type { Framework, Order, Question, Report, ServerSpec } from './spec.ts';

// Run as a process: one server under test. It ends with the process that started it.

const APPS: Readonly<Record<Framework, (sessions: Sessions<ShopData>) => RequestListener>> = {
  express: onExpress,
  hono: onHono,
  koa: onKoa,
};

const [, , argument = ''] = process.argv;
const spec: ServerSpec = JSON.parse(argument);
process.on('disconnect', () => process.exit());

const { store, obey } = await openStore(spec.store, spec);
const sessions = createSessions<ShopData>({
  store,
  initial: () => ({ marks: [] }),
  now: () => Date.now() + spec.clock,
  renewAfter: spec.renewAfter,
  renewalGrace: spec.renewalGrace,
  warnOnConsole: false,
  onEvent(event) {
    if (event.type === 'warning') tell({ type: 'warning', code: event.code });
  },
});

const gauges = spec.isMeasured === true ? new Gauges() : undefined;
process.on('message', (message: Order | Question) => {
  if (message === 'measure') {
    if (gauges === undefined) throw new Error('This server does not measure itself.');
    tell({ type: 'measured', reading: gauges.read() });
    return;
  }
  if (message === 'restart-measuring') gauges?.restart();
  else obey(message);
  tell({ type: 'obeyed' });
});

const app = APPS[spec.framework](sessions);
const server = createServer(spec.leaks === undefined ? app : leaking(app, spec.leaks));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({ type: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
  // Node.js keeps it at the end of a process, which here is a kill.
  flushCompileCache();
});

function tell(report: Report): void {
  process.send?.(report);
}
