/** A request of a test to a shop's process. */
export interface Control {
  /** How far to advance the clock, in milliseconds. */
  readonly advance?: number;
  /** Whether every statement of the database fails from now on. */
  readonly breakDatabase?: boolean;
  /** Whether to save compiled code for the next process. The process sends no reply to this. */
  readonly keepCompiled?: boolean;
}

/** The reply of the process. */
export interface Status {
  /** How many statements the database has run. */
  readonly statements: number;
}

export function isControl(message: unknown): message is Control {
  return typeof message === 'object' && message !== null && !('statements' in message);
}

export function isStatus(message: unknown): message is Status {
  return typeof message === 'object' && message !== null && 'statements' in message;
}
