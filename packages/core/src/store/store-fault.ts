import { SessionError } from '../common/errors.ts';
import { KNOWN_FAULTS, type KnownFault } from './known-faults.ts';

/** What may be told about a store's failure: no command, key, body or password, and no message that is not known to be free of them. */
export interface StoreFault {
  /** What happened, such as `Redis is out of memory (OOM)`. */
  readonly reason: string;
  /** What to do about it: whole sentences. */
  readonly action: string;
  /** Whether the store has judged the failure itself, so that the same write need not be tried again. */
  readonly isJudged: boolean;
  /** The cause of the error that the app receives. */
  readonly error: Error;
}

/** A call of the store, as errors and events name it. */
export type StoreOperation = 'read' | 'write' | 'sweep' | 'clear' | 'publish' | 'subscribe';

/** Hears of a failed call. `reason` contains no key and no data. */
export type OnStoreFailed = (operation: StoreOperation, reason: string) => void;

const UNKNOWN_ACTION =
  'The message of the store is left out, since it may contain data; look at the log of the database.';
/** How far causes are followed. */
const MAX_DEPTH = 3;

/**
 * Judges what a store threw. A `SessionError` of the store is written for people, so its message stays.
 *
 * @throws SessionError `ERR_CONFIG` that the store threw, as it is: a mistake in the setup is no failure of the database
 */
export function judgeFault(thrown: unknown): StoreFault {
  const { name, code, message } = partsOf(thrown);
  const isJudged = name === 'SessionError';
  if (isJudged && code === 'ERR_CONFIG') {
    throw thrown instanceof SessionError ? thrown : new SessionError('ERR_CONFIG', message);
  }
  const chain = causesOf(thrown);
  const label = labelOf(isJudged ? chain.slice(1) : chain);
  const error = (reason: string) => new Error(`The store rejected with ${label}${reason}`);
  if (isJudged) {
    const reason = message.replace(/\.$/, '');
    return { reason, action: '', isJudged, error: error('') };
  }
  const known = chain.map(knownReason).find((each) => each !== undefined);
  if (known !== undefined) return { ...known, isJudged, error: error(`: ${known.reason}`) };
  return { reason: `it rejected with ${label}`, action: UNKNOWN_ACTION, isJudged, error: error('') };
}

/** Makes the error for a call that changes no session if it fails, and for `clear`. */
export function storeFailed(
  operation: Exclude<StoreOperation, 'write'>,
  { reason, action, error }: StoreFault,
): SessionError {
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    `The session store failed to ${operation}: ${reason}. ${action}`.trimEnd(),
    { cause: error },
  );
}

/** Makes the error for a write whose outcome is unknown. */
export function outcomeUnknown(fault?: StoreFault): SessionError {
  const next = 'It is unknown whether the write happened. Load the session again to find out.';
  if (fault === undefined) {
    return new SessionError('ERR_STORE_UNAVAILABLE', `The session store did not confirm a write. ${next}`);
  }
  const { reason, action, error } = fault;
  return new SessionError(
    'ERR_STORE_UNAVAILABLE',
    `The session store failed to write: ${reason}. ${action === '' ? '' : `${action} `}${next}`,
    { cause: error },
  );
}

/** Returns an error and its causes, the outermost first. */
function causesOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let each = thrown; each instanceof Error && chain.length < MAX_DEPTH; ) {
    chain.push(each);
    each = each instanceof AggregateError ? each.errors[0] : each.cause;
  }
  return chain;
}

/** Names the kind of an error: its name, the word that Redis begins its messages with, and its codes. */
function labelOf(chain: readonly unknown[]): string {
  if (chain.length === 0) return 'a value that is not an Error';
  const words = chain.flatMap((each) => {
    const { name, code, errcode, message } = partsOf(each);
    const word = /^[A-Z]{3,20}(?= )/.exec(message)?.[0];
    return [name, word, code, errcode].filter((part) => part !== undefined);
  });
  return [...new Set(words)].join(' ');
}

/** Says what a known error means. */
function knownReason(error: unknown): Pick<KnownFault, 'reason' | 'action'> | undefined {
  const { name, message, code } = partsOf(error);
  const text = [message, code, name].filter((part) => part !== undefined).join('\n');
  for (const { pattern, reason, action } of KNOWN_FAULTS) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, first = '', second = ''] = found;
    return { reason: reason.replace('$1', () => first).replace('$2', () => second), action };
  }
  return undefined;
}

interface ErrorParts {
  readonly name: string | undefined;
  readonly message: string;
  readonly code: string | undefined;
  readonly errcode: string | undefined;
}

/** Reads the parts of an error, and those that are shown only in the form that such parts have. */
function partsOf(error: unknown): ErrorParts {
  if (!(error instanceof Error)) {
    return { name: undefined, message: '', code: undefined, errcode: undefined };
  }
  const { name, message, code, errcode }: Error & { code?: unknown; errcode?: unknown } = error;
  return { name: word(name), message: String(message), code: word(code), errcode: word(errcode) };
}

function word(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && /^[A-Za-z]\w{0,39}$|^\w{5}$/.test(value) ? value : undefined;
}
