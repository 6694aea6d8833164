import type { SessionState } from '../../src/session/session-state.ts';

const GRACE = 60_000;
/** How long a newer token must have been in use until the one before cannot come back: half a minute to the disk, and the grace under way. */
const SETTLES_AFTER = 90_000;

/** A request, as far as it decides who may come back with an older token. */
export interface Asker {
  readonly ip: string;
  /** When it arrived, by its server's clock. */
  readonly openedAt: number;
  /** The hash of the secret that it presented. */
  readonly hash: string;
}

/** What became of a secret that a renewal replaced. */
interface Replaced {
  readonly newer: string;
  readonly at: number;
  /** The address of the client that confirmed the newer one. */
  readonly ip: string | undefined;
  /** When the newer one was seen to have been in use for long, by its server's clock and as a moment. */
  settled: { readonly at: number; readonly moment: number } | undefined;
}

/** Keeps which secret took the place of which, by their hashes, and finds an older one that is served although no crash explains it. */
export class Comebacks {
  readonly #replaced = new Map<string, Replaced>();

  /** Notes a write to a session, by the request that made it. */
  noteWritten(
    { before, after }: { readonly before: SessionState; readonly after: SessionState },
    by: Asker | undefined,
    calledAt: number,
    moment: number,
  ): void {
    const [older, newer] = [before.secret.hash, after.secret.hash];
    if (newer === before.next?.hash) {
      this.#replaced.set(older, { newer, at: calledAt, ip: by?.ip, settled: undefined });
      return;
    }
    if (older !== newer || by?.hash !== newer) return;
    for (const each of this.#replaced.values()) {
      if (each.newer === newer && by.openedAt - each.at >= SETTLES_AFTER)
        each.settled ??= { at: calledAt, moment };
    }
  }

  /** Finds the promise that is broken if a request is served that began at `moment`. */
  brokenBy({ hash, ip, openedAt }: Asker, moment: number): string | undefined {
    const replaced = this.#replaced.get(hash);
    if (replaced === undefined || openedAt - replaced.at <= GRACE) return undefined;
    if (ip !== replaced.ip) return 'after its grace a retired token is served to the same client only';
    const { settled } = replaced;
    if (settled !== undefined && settled.moment < moment && openedAt - settled.at > GRACE)
      return 'a retired token comes back only if the newer one was used for less than a cookie takes to disk';
    return undefined;
  }

  /** Tells whether a request comes back with a token that was replaced before. */
  isLate({ hash, openedAt }: Asker): boolean {
    const replaced = this.#replaced.get(hash);
    return replaced !== undefined && openedAt - replaced.at > GRACE;
  }
}
