import { SessionError } from '../common/errors.ts';
import type { Config } from '../config/config.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { type Fate, foldIndex, type IndexChange, type IndexResult, toExamine } from './index-change.ts';
import type { ListedSessions } from './listed-sessions.ts';
import type { ReadIndex, UserIndexStore } from './user-index-store.ts';

/** How often a batch is tried against other processes. */
const MAX_ATTEMPTS = 40;
/** The same for a batch that revokes: it never waits, so that sign-ins cannot starve it. */
const MAX_REVOKING_ATTEMPTS = 200;
/** From this attempt on a batch backs off for a random time. */
const BACKOFF_FROM_ATTEMPT = 2;
/** In milliseconds. */
const MAX_WAIT = 50;

/** What writing a user's index depends on. */
export interface IndexBatchDeps {
  readonly config: Pick<Config<object>, 'randomBytes' | 'maxPerUser' | 'onExceed'>;
  readonly indexes: UserIndexStore;
  readonly listed: ListedSessions;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Ends a session that is beyond the limit. */
  readonly end: (userId: string, id: string, base: Snapshot | undefined) => Promise<unknown>;
}

/** Several changes of one user's index that are written together: the listed sessions are read once for all of them. */
export class IndexBatch {
  readonly #deps: IndexBatchDeps;
  readonly #userId: string;
  readonly #changes: readonly IndexChange[];
  /** Reports that the batch makes progress. */
  readonly #onProgress: () => void;
  /** What is known of the listed sessions. */
  readonly #fates = new Map<string, Fate>();
  readonly #snapshots = new Map<string, Snapshot>();
  /** Dead for now: sessions that may sign in again. */
  #foreign: readonly string[] = [];

  constructor(deps: IndexBatchDeps, userId: string, changes: readonly IndexChange[], onProgress: () => void) {
    this.#deps = deps;
    this.#userId = userId;
    this.#changes = changes;
    this.#onProgress = onProgress;
  }

  /** Writes the batch, starting from `known` or from a read. Returns the result of each change and the index as written. */
  async write(
    known: ReadIndex | undefined,
  ): Promise<{ readonly results: readonly IndexResult[]; readonly written: ReadIndex }> {
    const { indexes, config } = this.#deps;
    const revokes = this.#changes.some(({ kind }) => kind === 'revoke');
    let start = known;
    for (let attempt = 1; attempt <= (revokes ? MAX_REVOKING_ATTEMPTS : MAX_ATTEMPTS); attempt += 1) {
      const base = start ?? (await indexes.read(this.#userId));
      this.#onProgress();
      const isReused = this.#fates.size > 0;
      const unknown = toExamine(base.index, this.#changes, config).filter((id) => !this.#fates.has(id));
      if (unknown.length > 0) await this.#examine(unknown);
      const fold = foldIndex(base.index, this.#changes, this.#fates, config);
      // A user is full by sessions that are alive now, not at an earlier attempt.
      const isStale = isReused && fold.results.some(({ kind }) => kind === 'full');
      // Without a write nothing shows that what was known is still current.
      const isDoubtful = start !== undefined && !fold.isChanged;
      start = undefined;
      if (isStale) this.#fates.clear();
      if (isStale || isDoubtful) continue;
      if (fold.victims.length > 0) await this.#endAll(fold.victims);
      if (!fold.isChanged) return { results: fold.results, written: base };
      const written = await indexes.write(base, fold.index);
      this.#onProgress();
      if (written !== undefined) return { results: fold.results, written };
      // Those without this user may have signed in meanwhile.
      for (const id of this.#foreign) this.#fates.delete(id);
      if (attempt >= BACKOFF_FROM_ATTEMPT && !revokes) await this.#backOff(attempt);
    }
    throw indexContention();
  }

  async #examine(unknown: readonly string[]): Promise<void> {
    const { live, dead, foreign } = await this.#deps.listed.examine(this.#userId, unknown);
    for (const id of unknown) this.#fates.set(id, { kind: 'unreadable' });
    for (const id of [...dead, ...foreign]) this.#fates.set(id, { kind: 'dead' });
    for (const { id, snapshot } of live) {
      this.#fates.set(id, { kind: 'live', lastUsedAt: snapshot.state.lastUsedAt });
      this.#snapshots.set(id, snapshot);
    }
    this.#foreign = foreign;
    this.#onProgress();
  }

  async #endAll(ids: readonly string[]): Promise<void> {
    await this.#deps.listed.inSlices(ids, async (id) => {
      await this.#deps.end(this.#userId, id, this.#snapshots.get(id));
      this.#fates.set(id, { kind: 'dead' });
      this.#onProgress();
    });
  }

  async #backOff(attempt: number): Promise<void> {
    const [byte = 0] = this.#deps.config.randomBytes(1);
    await this.#deps.wait((byte / 255) * Math.min(2 ** attempt, MAX_WAIT));
  }
}

function indexContention(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONTENTION',
    "Other writers kept changing the user's list of sessions, so this call was given up. Retry it.",
  );
}
