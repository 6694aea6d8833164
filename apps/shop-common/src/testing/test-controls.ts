// Loaded into a shop's process before the shop, by the tests that start it. Counts database statements, makes them fail, and advances the clock.

import { flushCompileCache } from 'node:module';
import { StatementSync } from 'node:sqlite';
import { isControl, type Status } from './control.ts';

let statements = 0;
let ahead = 0;
let isBroken = false;

const realNow = Date.now;
Date.now = () => realNow() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (date, values: unknown[], made) =>
    Reflect.construct(date, values.length === 0 ? [Date.now()] : values, made),
});

for (const name of ['get', 'all', 'run', 'iterate'] as const) {
  const method: unknown = StatementSync.prototype[name];
  if (typeof method !== 'function') throw new Error(`StatementSync has no ${name}.`);
  Object.defineProperty(StatementSync.prototype, name, {
    value(this: StatementSync, ...values: unknown[]): unknown {
      statements += 1;
      if (isBroken) throw new Error('disk I/O error');
      return Reflect.apply(method, this, values);
    },
  });
}

process.on('message', (message) => {
  if (!isControl(message)) return;
  if (message.keepCompiled === true) {
    flushCompileCache();
    return;
  }
  isBroken = message.breakDatabase ?? isBroken;
  if (message.advance !== undefined) ahead += message.advance;
  const status: Status = { statements };
  process.send?.(status);
});
// Listening must not keep the process alive.
process.channel?.unref();
