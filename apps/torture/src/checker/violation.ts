import type { Call } from './call.ts';

/** The kinds of violations. */
export const VIOLATION_KINDS = [
  'lost update',
  'refused update',
  'unknown update',
  'repeated update',
  'finished twice',
  'two orders',
  'two successors',
  'served after its end',
  'replaced token',
  'token not granted',
  'lost session',
  "another's data",
  'undocumented error',
  'unbounded time',
  'dead process',
  'unexplained failure',
] as const;

/** A kind of violation. */
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

/** A broken promise. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly message: string;
  /** The calls that show it. */
  readonly calls: readonly number[];
  /** When what was undone had been acknowledged: a fault near it may explain it. */
  readonly since: number;
}

/** Makes a violation that calls show. */
export function violation(
  kind: ViolationKind,
  message: string,
  calls: readonly Call[],
  since: number,
): Violation {
  return { kind, message, calls: calls.map(({ call }) => call), since };
}
