import { deepEqual, equal, ok } from 'node:assert/strict';
import type { SessionStore, StoreSubscription } from '@coatcheck/core';
import type { Clause } from '../clause.ts';
import { Contender } from '../contender-process.ts';
import type { StoreFactory } from '../factory.ts';
import type { Lab } from '../lab.ts';
import type { Probe } from '../probe.ts';
import { KEY, makeRecord, requireRecord } from '../record.ts';

/** How long a message may take, in milliseconds. It takes milliseconds, unless the machine is busy. */
const PATIENCE = 3000;

/** A subscription of a clause, and the messages that it received. */
interface Listener {
  readonly messages: readonly string[];
  readonly subscription: StoreSubscription;
  /** Waits for a message, which must arrive. */
  hears(message: string): Promise<void>;
}

/** Lists the clauses about `publish` and `subscribe`. They hold for a store that has neither. */
export function broadcasting(factory: StoreFactory): readonly Clause[] {
  return [
    {
      title: 'has both publish and subscribe, or neither',
      async check(lab) {
        const { store } = await lab.store();
        equal(
          typeof store.publish,
          typeof store.subscribe,
          'A store must have both publish and subscribe, or neither: one of them alone is of no use',
        );
      },
    },
    {
      title: 'delivers each message once to every subscription',
      check: (lab) =>
        listening(lab, 2, async ({ store }, listeners) => {
          await store.publish?.('first');
          await store.publish?.('second');
          for (const listener of listeners) {
            await listener.hears('first');
            await listener.hears('second');
            deepEqual([...listener.messages].sort(), ['first', 'second'], 'Each message must arrive once');
          }
        }),
    },
    {
      title: 'delivers a message of 4096 characters unchanged',
      check: (lab) =>
        listening(lab, 1, async ({ store }, [listener]) => {
          const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
          const message = printable.repeat(44).slice(0, 4096);
          await store.publish?.(message);
          await listener?.hears(message);
        }),
    },
    {
      title: 'delivers no message of another prefix or table',
      check: (lab) =>
        listening(lab, 1, async (probe, [listener]) => {
          const { store: neighbour } = await lab.neighbour(probe);
          await neighbour.publish?.('of the neighbour');
          await probe.store.publish?.('its own');
          await listener?.hears('its own');
          deepEqual(listener?.messages, ['its own'], 'Only messages of the store itself must arrive');
        }),
    },
    {
      title: 'publishes without changing a record',
      check: (lab) =>
        listening(lab, 1, async (probe, [listener]) => {
          const record = makeRecord(1);
          await probe.put(KEY, record);
          await probe.store.publish?.(KEY);
          await listener?.hears(KEY);
          await requireRecord(probe, KEY, record, 'After its key was published');
        }),
    },
    {
      title: 'delivers nothing to a subscription that is closed',
      check: (lab) =>
        listening(lab, 2, async ({ store }, [closed, open]) => {
          await closed?.subscription.close();
          await store.publish?.('late');
          await open?.hears('late');
          deepEqual(closed?.messages, [], 'No message must arrive after close() has resolved');
        }),
    },
    {
      title: 'can be subscribed again after every subscription was closed',
      check: (lab) =>
        listening(lab, 1, async ({ store }, [first]) => {
          await first?.subscription.close();
          const second = await listen(store);
          try {
            await store.publish?.('again');
            await second?.hears('again');
          } finally {
            await second?.subscription.close();
          }
        }),
    },
    ...(factory.openElsewhere === undefined ? [] : [betweenProcesses]),
    ...(factory.createBrokenStore === undefined ? [] : [failedPublication]),
  ];
}

const betweenProcesses: Clause = {
  title: 'delivers what another process publishes',
  check: (lab) =>
    listening(lab, 1, async (probe, [listener]) => {
      const contender = new Contender(await lab.elsewhere(probe));
      try {
        await contender.opened();
        await contender.publish('from elsewhere');
        await listener?.hears('from elsewhere');
      } finally {
        await contender.end();
      }
    }),
};

const failedPublication: Clause = {
  title: 'rejects a failed publication',
  async check(lab) {
    const store = await lab.brokenStore();
    if (store.publish === undefined) return;
    let result: unknown;
    try {
      result = await store.publish('in vain');
    } catch {
      return;
    }
    ok(false, `publish must reject while the database cannot respond; it returned ${String(result)}`);
  },
};

/** Runs a check with so many open subscriptions, if the store has any. */
async function listening(
  lab: Lab,
  count: number,
  check: (store: Probe, listeners: readonly Listener[]) => Promise<void>,
): Promise<void> {
  const probe = await lab.store();
  if (probe.store.publish === undefined) return;
  const listeners: Listener[] = [];
  try {
    for (let at = 0; at < count; at += 1) {
      const listener = await listen(probe.store);
      if (listener === undefined) return;
      listeners.push(listener);
    }
    await check(probe, listeners);
  } finally {
    await Promise.all(listeners.map(async ({ subscription }) => subscription.close()));
  }
}

async function listen(store: SessionStore): Promise<Listener | undefined> {
  const messages: string[] = [];
  let cause: unknown;
  let wake = (): void => {};
  const subscription = store.subscribe?.({
    message(message) {
      messages.push(message);
      wake();
    },
    lost(reason) {
      cause = reason;
      wake();
    },
  });
  if (subscription === undefined) return undefined;
  await subscription.check();
  return {
    messages,
    subscription,
    async hears(message) {
      const deadline = performance.now() + PATIENCE;
      while (!messages.includes(message)) {
        ok(cause === undefined, `The subscription must last; it was lost: ${String(cause)}`);
        const left = deadline - performance.now();
        ok(
          left > 0,
          `The message ${JSON.stringify(message.slice(0, 40))} must arrive; it did not within ${PATIENCE} ms`,
        );
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, Math.min(left, 100)).unref();
        });
      }
    },
  };
}
