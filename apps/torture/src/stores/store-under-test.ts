import type { StoreAddress } from '../server/spec.ts';

/** The stores that a run can have. */
export const STORE_KINDS = ['sqlite', 'redis', 'cluster', 'postgres'] as const;

/** The kind of a store. */
export type StoreKind = (typeof STORE_KINDS)[number];

/** How a line to a store is made bad. */
export interface Lines {
  /** `broken`: connections are reset, and new ones too. `silent`: nothing arrives any more. */
  cut(how: 'broken' | 'silent'): void;
  delay(milliseconds: number): void;
  halfClose(towards: 'client' | 'server'): void;
  mend(): void;
}

/** What can be done to a store. Which of these it has depends on its kind. */
export interface Abilities {
  /** Kills all of its processes at once, and starts them again after so many milliseconds. */
  crash(downFor: number): Promise<void>;
  /** Suspends its processes, without a word to anybody, until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills one primary, waits until its replica has taken over, and starts it again as a replica. */
  killPrimary(pick: number): Promise<void>;
  /** Suspends one primary until its replica has taken over, then lets it continue. */
  pausePrimary(pick: number): Promise<void>;
  /** Moves so many slots with the sessions in them from one primary to another. */
  moveSlots(pick: number, count: number): Promise<void>;
  /** Lets writes find no memory, until `restoreMemory`. `evicts`: instead, they drop what was used longest ago. */
  limitMemory(evicts: boolean): Promise<void>;
  restoreMemory(): Promise<void>;
  /** Takes the write lock, and resolves to how it is released. */
  lock(): Promise<() => Promise<void>>;
  /** Lets transactions be read-only by default, or not. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
}

/** A store for one run, with its own files and its own processes. */
export interface StoreUnderTest {
  readonly kind: StoreKind;
  /** The program and its version. */
  readonly version: string;
  /** Where a server finds it: through lines of its own, if it is reached over a network. `isDirect`: without them. */
  addressOf(server: number, isDirect?: boolean): StoreAddress;
  /** The lines of a server; none for a file. */
  linesOf(server: number): Lines | undefined;
  readonly can: Partial<Abilities>;
  stop(): Promise<void>;
}

/** Returns an ability that a store must have. */
export function abilityOf<Name extends keyof Abilities>(store: StoreUnderTest, name: Name): Abilities[Name] {
  const ability = store.can[name];
  if (ability === undefined)
    throw new Error(`The store ${store.kind} lacks what this nemesis does: ${name}.`);
  return ability;
}
