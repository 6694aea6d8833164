import type { SessionErrorCode } from '../../src/common/errors.ts';
import { SessionError } from '../../src/common/errors.ts';
import type { SessionsOptions } from '../../src/config/options.ts';
import type { SessionEvent, SessionEventType } from '../../src/session/events.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import { createSessions } from '../../src/sessions.ts';
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.ts';
import { type WatchedStore, watchedStore } from './watched-store.ts';

/** The data of the tests' shop. */
export interface ShopData {
  cart: string[];
  note?: string;
}

/** Any options, with an initial cart that is empty unless the test says otherwise. */
export type SetUpOptions = Partial<Omit<SessionsOptions<ShopData>, 'initial'>> & {
  readonly initial?: () => ShopData;
};

/** Sessions with every surrounding in the test's hands. */
export interface SetUp {
  readonly sessions: Sessions<ShopData>;
  readonly store: WatchedStore;
  readonly clock: FakeClock;
  readonly events: SessionEvent[];
  /** The types of the events so far. */
  types(): SessionEventType[];
}

/** Sets up sessions over a watched memory store, with a clock that stands still. */
export function setUp(
  options: SetUpOptions = {},
  { store = watchedStore(), clock = fakeClock() }: { store?: WatchedStore; clock?: FakeClock } = {},
): SetUp {
  const events: SessionEvent[] = [];
  const sessions = createSessions<ShopData>({
    store,
    initial: () => ({ cart: [] }),
    now: clock.now,
    onEvent: (event) => {
      events.push(event);
    },
    ...options,
  });
  return { sessions, store, clock, events, types: () => events.map(({ type }) => type) };
}

/** Waits for a rejection with a `SessionError` of the code, and gives it. */
export async function failure(call: Promise<unknown>, code: SessionErrorCode): Promise<SessionError> {
  const error: unknown = await call.then(
    (value) => new Error(`It resolved to ${String(value)}.`),
    (reason: unknown) => reason,
  );
  if (error instanceof SessionError && error.code === code) return error;
  throw new Error(`Expected a rejection with ${code}.`, { cause: error });
}

/** Runs a call that must throw a `SessionError` of the code, and gives it. */
export function thrown(call: () => unknown, code: SessionErrorCode): SessionError {
  try {
    call();
  } catch (error) {
    if (error instanceof SessionError && error.code === code) return error;
    throw new Error(`Expected ${code}.`, { cause: error });
  }
  throw new Error(`Expected ${code}, but nothing was thrown.`);
}
