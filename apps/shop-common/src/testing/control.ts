/** What a test asks of a shop's process. */
export interface Control {
  /** Moves the clock on, in milliseconds. */
  readonly advance?: number;
  /** Keeps what was compiled for the next process; not answered. */
  readonly keepCompiled?: boolean;
}

/** What the process answers. */
export interface Told {
  /** How many statements the database has been given. */
  readonly statements: number;
}

export function isControl(message: unknown): message is Control {
  return typeof message === 'object' && message !== null && !('statements' in message);
}

export function isTold(message: unknown): message is Told {
  return typeof message === 'object' && message !== null && 'statements' in message;
}
