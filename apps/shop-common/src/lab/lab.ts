import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { ShopEvent } from '../event-log.ts';
import type { WatchedStore } from '../watched-store.ts';
import type { Act, Claim } from './act.ts';
import { type LabRequest, labRequests } from './lab-request.ts';
import { Stage } from './stage.ts';
import type { TraceStep } from './trace.ts';

/** What came of an act. */
export interface Performance {
  readonly clients: readonly string[];
  readonly steps: readonly TraceStep[];
  readonly claims: readonly Claim[];
}

/**
 * Plays acts against the shop that it is part of: its browsers send HTTP requests to the shop's own port, and the shop serves them as it serves any request.
 *
 * It recognizes its requests by a header with a value that nobody can guess. While one of them is handled, the act may hold it back, set its clock ahead, or make
 * the store fail. Requests of visitors are never touched.
 */
export class Lab {
  readonly #announced = new Map<string, LabRequest>();
  #url = '';

  constructor(store: WatchedStore) {
    store.watch({
      onCall: (operation) => labRequests.getStore()?.stage.hearCall(operation),
      onWrite: (write) => labRequests.getStore()?.stage.hearWrite(write),
    });
  }

  /** Wraps the shop's request listener, so that the lab's requests are known while they are handled. */
  serve(listener: RequestListener): RequestListener {
    return (request, response) => {
      const key = String(request.headers['x-lab'] ?? '');
      const asked = this.#announced.get(key);
      if (asked === undefined) {
        this.#url = urlOf(request.socket);
        listener(request, response);
        return;
      }
      this.#announced.delete(key);
      labRequests.run(asked, () => listener(request, response));
    };
  }

  /** Hears an event of the sessions. */
  hear(event: ShopEvent): void {
    labRequests.getStore()?.stage.hearEvent(event);
  }

  /** Plays an act. */
  async play(act: Act): Promise<Performance> {
    const stage = new Stage({
      url: this.#url,
      announce: (request) => {
        const key = randomUUID();
        this.#announced.set(key, request);
        return key;
      },
    });
    try {
      const claims = await act.play(stage);
      return { clients: stage.trace.clients, steps: [...stage.trace.steps], claims };
    } finally {
      await stage.clear();
    }
  }
}

/** Returns the URL at which a connection reached the shop. */
function urlOf({ localAddress = '127.0.0.1', localPort }: RequestAddress): string {
  const address = localAddress.replace(/^::ffff:/, '');
  return `http://${address.includes(':') ? `[${address}]` : address}:${localPort}`;
}

interface RequestAddress {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}
