import type { Mutant } from './mutant.ts';
import { subscribersOf } from './reference-store.ts';

/** Stores with faults in `publish` and `subscribe`. */
export const BROADCASTING_MUTANTS: readonly Mutant[] = [
  {
    fault: 'has subscribe alone',
    make: ({ store: { publish: _, ...store } }) => store,
    fails: ['has both publish and subscribe, or neither'],
  },
  {
    fault: 'delivers each message twice',
    make: ({ store }) => ({
      ...store,
      publish(message) {
        store.publish(message);
        store.publish(message);
      },
    }),
    fails: [
      'delivers each message once to every subscription',
      'delivers no message of another prefix or table',
    ],
  },
  {
    fault: 'delivers a message to the newest subscription only',
    make: ({ store, database, table }) => ({
      ...store,
      publish: (message) => [...subscribersOf(database, table)].at(-1)?.message(message),
    }),
    fails: ['delivers each message once to every subscription'],
  },
  {
    fault: 'cuts messages after 4000 characters',
    make: ({ store }) => ({ ...store, publish: (message) => store.publish(message.slice(0, 4000)) }),
    fails: ['delivers a message of 4096 characters unchanged'],
  },
  {
    fault: 'delivers the messages of all tables',
    make: ({ store, database }) => ({
      ...store,
      publish(message) {
        for (const table of database.subscribers.keys()) {
          for (const subscriber of subscribersOf(database, table)) subscriber.message(message);
        }
        if (database.isDown) store.publish(message);
      },
    }),
    fails: ['delivers no message of another prefix or table'],
  },
  {
    fault: 'writes the message into the record',
    make: ({ store, records }) => ({
      ...store,
      publish(message) {
        const record = records().get(message);
        if (record !== undefined) records().set(message, { ...record, body: message });
        store.publish(message);
      },
    }),
    fails: ['publishes without changing a record'],
  },
  {
    fault: 'goes on delivering after close',
    make: ({ store }) => ({
      ...store,
      subscribe: (subscriber) => ({ ...store.subscribe(subscriber), close() {} }),
    }),
    fails: ['delivers nothing to a subscription that is closed'],
  },
  {
    fault: 'delivers nothing after the first subscription was closed',
    make({ store }) {
      let isOver = false;
      return {
        ...store,
        subscribe(subscriber) {
          const isDeaf = isOver;
          const subscription = store.subscribe({
            ...subscriber,
            message: (message) => (isDeaf ? undefined : subscriber.message(message)),
          });
          return {
            ...subscription,
            close() {
              isOver = true;
              return subscription.close();
            },
          };
        },
      };
    },
    fails: ['can be subscribed again after every subscription was closed'],
  },
  {
    fault: 'ignores a failed publication',
    make: ({ store }) => ({
      ...store,
      publish(message) {
        try {
          store.publish(message);
        } catch {}
      },
    }),
    fails: ['rejects a failed publication'],
  },
];
