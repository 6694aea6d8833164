import type { ServerResponse } from 'node:http';

/** Decides what a response waits for. Undefined: it need not wait. */
export interface ResponseHooks {
  /** The response is about to begin. */
  onBegin(): Promise<void> | undefined;
  /** A response that began before is about to end. */
  onEnd(): Promise<void> | undefined;
  /** What the response waited for failed. If nothing was sent, a new response can be made. A handler that goes on writing has ended its response by then. */
  onFailure(error: unknown): void;
}

type Method = 'writeHead' | 'write' | 'end' | 'flushHeaders';
type HeaderMethod = 'setHeader' | 'appendHeader' | 'removeHeader';
type Call = readonly [method: Method, args: unknown[]];

/** The headers that describe a body, and so do not fit the response that an error handler makes instead. */
const BODY_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'location',
];

/**
 * Makes a response wait before its first byte, and before its end, by whatever method it is sent: `end`, `write`, a pipe, `writeHead` or `flushHeaders`.
 *
 * While it waits, it behaves as if its headers were sent: `headersSent` is true and `setHeader` throws. A `write` returns false, and `drain` follows.
 */
export function holdResponse(res: ServerResponse, hooks: ResponseHooks): void {
  new HeldResponse(res, hooks).install();
}

/** How long a handler may go on writing to a response that was given up, in milliseconds. Then the connection is cut off. */
const MAX_UNFINISHED = 10_000;
const METHODS = ['writeHead', 'write', 'end', 'flushHeaders'] as const;
/** Where a response keeps its state, so that all responses share the functions that stand in for their methods. Functions of each would give each response a shape of its own. */
const HELD: unique symbol = Symbol('coatcheck.held');

interface WithHeld {
  readonly [HELD]: HeldResponse;
}

/** A response as an object whose methods can be replaced. */
type Replaceable = Record<Method | HeaderMethod, unknown> & { [HELD]?: HeldResponse };

const REPLACEMENTS: Readonly<Record<Method, (this: WithHeld, ...args: unknown[]) => unknown>> = {
  writeHead(...args) {
    return this[HELD].intercept('writeHead', args);
  },
  write(...args) {
    return this[HELD].intercept('write', args);
  },
  end(...args) {
    return this[HELD].intercept('end', args);
  },
  flushHeaders(...args) {
    return this[HELD].intercept('flushHeaders', args);
  },
};

/** Stand in for the methods that change headers: they throw while the response waits. */
const HEADER_REPLACEMENTS: Readonly<Record<HeaderMethod, (this: WithHeld, ...args: unknown[]) => unknown>> = {
  setHeader(...args) {
    return this[HELD].changeHeader('setHeader', args);
  },
  appendHeader(...args) {
    return this[HELD].changeHeader('appendHeader', args);
  },
  removeHeader(...args) {
    return this[HELD].changeHeader('removeHeader', args);
  },
};

const HEADERS_SENT: PropertyDescriptor & ThisType<WithHeld> = {
  get() {
    return this[HELD].headersSent;
  },
  configurable: true,
};

class HeldResponse {
  readonly #res: ServerResponse;
  /** The response too. */
  readonly #methods: Replaceable;
  readonly #hooks: ResponseHooks;
  /** False for a second `session()` on one response, which needs functions of its own. */
  readonly #isFirst: boolean;
  /** The methods that were replaced. */
  readonly #originals: Partial<Record<Method | HeaderMethod, unknown>> = {};
  /** Those of them that the response had as properties of its own. */
  readonly #own: Method[] = [];
  #state: 'idle' | 'capturing' | 'held' | 'open' | 'ending' | 'refused' | 'failed' = 'idle';
  #pretendsSent = false;
  #calls: Call[] = [];
  #owesDrain = false;
  /** Whether the handler has called `end`. */
  #isEnded = false;
  /** Called when the handler ends a response that was given up. */
  #onEnded = (): void => {};

  constructor(res: ServerResponse, hooks: ResponseHooks) {
    this.#res = res;
    this.#methods = res;
    this.#hooks = hooks;
    this.#isFirst = this.#methods[HELD] === undefined;
  }

  install(): void {
    const methods = this.#methods;
    if (this.#isFirst) methods[HELD] = this;
    for (const method of METHODS) {
      const call = methods[method];
      if (typeof call !== 'function') continue;
      this.#originals[method] = call;
      if (Object.hasOwn(methods, method)) this.#own.push(method);
      methods[method] = this.#isFirst
        ? REPLACEMENTS[method]
        : (...args: unknown[]) => this.intercept(method, args);
    }
  }

  /** Whether the headers count as sent. */
  get headersSent(): unknown {
    return this.#pretendsSent || Reflect.get(Object.getPrototypeOf(this.#res), 'headersSent', this.#res);
  }

  changeHeader(method: HeaderMethod, args: unknown[]): unknown {
    if (this.#pretendsSent) throw headersSent(HEADER_VERBS[method]);
    return this.#send(method, args);
  }

  intercept(method: Method, args: unknown[]): unknown {
    switch (this.#state) {
      case 'idle':
        return this.#begin(method, args);
      case 'capturing':
        // Listeners of the headers have run; the call that began the response is queued after this.
        return this.#res;
      case 'held':
      case 'ending':
        if (method === 'writeHead') throw headersSent('write');
        return this.#enqueue(method, args);
      case 'refused':
        if (method === 'writeHead') throw headersSent('write');
        if (method === 'end') this.#onEnded();
        return this.#drop(method, args);
      case 'failed':
        // What is left of the response that was given up, such as a compression stream's output.
        return this.#drop(method, args);
      case 'open':
        return method === 'end' ? this.#end(args) : this.#send(method, args);
    }
  }

  #begin(method: Method, args: unknown[]): unknown {
    const waiting = this.#hooks.onBegin();
    if (waiting === undefined) {
      this.#state = 'open';
      return this.#send(method, args);
    }
    if (method !== 'writeHead') {
      // Those who listen for the headers, such as compression, set theirs now, as if the response began.
      this.#state = 'capturing';
      try {
        this.#res.writeHead(this.#res.statusCode);
      } catch (error) {
        // One of them threw. The session is saved all the same.
        this.#hold(
          'held',
          waiting.then(() => Promise.reject(error)),
        );
        return this.#enqueue(method, args);
      }
    }
    this.#hold('held', waiting);
    return this.#enqueue(method, args);
  }

  #end(args: unknown[]): unknown {
    const waiting = this.#res.writableEnded ? undefined : this.#hooks.onEnd();
    if (waiting === undefined) return this.#send('end', args);
    this.#calls.push(['end', args]);
    this.#state = 'ending';
    const finish = (): void => this.#replay(() => this.#finish());
    waiting.then(finish, (error: unknown) => {
      this.#hooks.onFailure(error);
      finish();
    });
    return this.#res;
  }

  /** Sends what was queued behind a response that waits for its end. */
  #finish(): void {
    this.#state = 'open';
    const calls = this.#calls;
    this.#calls = [];
    if (this.#res.destroyed) return;
    for (const [method, args] of calls) this.#send(method, args);
  }

  #hold(state: 'held', waiting: Promise<void>): void {
    this.#state = state;
    this.#pretendSent();
    waiting.then(
      () => this.#replay(() => this.#release()),
      (error: unknown) => this.#giveUp(error),
    );
  }

  /** Sends what was queued. Node.js throws for a header or a chunk that it does not accept, and the handler that wrote it can no longer catch that. */
  #replay(send: () => void): void {
    try {
      send();
    } catch (error) {
      if (this.headersSent === true) this.#hooks.onFailure(error);
      else this.#giveUp(error);
    }
  }

  #enqueue(method: Method, args: unknown[]): unknown {
    this.#calls.push([method, args]);
    this.#isEnded ||= method === 'end';
    if (method !== 'write') return this.#res;
    this.#owesDrain = true;
    return false;
  }

  /** Sends nothing, and tells a writer that it may go on. */
  #drop(method: Method, args: unknown[]): unknown {
    if (method !== 'write') return this.#res;
    const callback = args.at(-1);
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  }

  #release(): void {
    this.#admitUnsent();
    this.#state = 'open';
    const calls = this.#calls;
    this.#calls = [];
    calls.forEach(([method, args], i) => {
      // The call that began the response has been waited for; a later end may follow other changes.
      if (method === 'end' && i > 0) this.#end(args);
      else if (this.#state === 'ending') this.#calls.push([method, args]);
      else this.#send(method, args);
    });
    this.#drain();
  }

  #drain(): void {
    if (this.#owesDrain && !this.#res.writableNeedDrain) process.nextTick(() => this.#res.emit('drain'));
  }

  /** Gives the response up, so that an error handler can make another. A handler that has not ended it goes on first: what it still writes is dropped. */
  #giveUp(error: unknown): void {
    const res = this.#res;
    const calls = this.#calls;
    this.#calls = [];
    for (const [method, args] of calls) this.#drop(method, args);
    if (this.#isEnded) {
      this.#makeRoom(error);
      return;
    }
    const settle = (then: () => void): void => {
      if (this.#state !== 'refused') return;
      clearTimeout(timer);
      this.#admitUnsent();
      this.#state = 'failed';
      then();
    };
    // What stands in for the methods stays: the handler may still write.
    const cutOff = (): void =>
      settle(() => {
        res.destroy();
        this.#hooks.onFailure(error);
      });
    const timer = setTimeout(cutOff, MAX_UNFINISHED).unref();
    this.#state = 'refused';
    this.#pretendsSent = true;
    this.#onEnded = () => process.nextTick(settle, () => this.#makeRoom(error));
    if (res.destroyed) cutOff();
    else res.once('close', cutOff);
    this.#drain();
  }

  /** Lets an error handler make the response. Wrappers put around its methods meanwhile do not see that one. */
  #makeRoom(error: unknown): void {
    this.#admitUnsent();
    this.#state = 'failed';
    for (const method of METHODS) {
      if (this.#own.includes(method)) this.#methods[method] = this.#originals[method];
      else Reflect.deleteProperty(this.#res, method);
    }
    for (const name of BODY_HEADERS) this.#res.removeHeader(name);
    this.#res.statusCode = 200;
    this.#res.statusMessage = '';
    this.#hooks.onFailure(error);
  }

  #send(method: Method | HeaderMethod, args: unknown[]): unknown {
    const original = this.#originals[method];
    return typeof original === 'function' ? Reflect.apply(original, this.#res, args) : undefined;
  }

  #pretendSent(): void {
    const methods = this.#methods;
    this.#pretendsSent = true;
    const headersSent = this.#isFirst ? HEADERS_SENT : { get: () => this.headersSent, configurable: true };
    Object.defineProperty(methods, 'headersSent', headersSent);
    for (const method of HEADER_METHODS) {
      this.#originals[method] = methods[method];
      methods[method] = this.#isFirst
        ? HEADER_REPLACEMENTS[method]
        : (...args: unknown[]) => this.changeHeader(method, args);
    }
  }

  /** Changes of headers pass again. What stands in for the methods stays, since a deleted property would slow each later use of the response down. */
  #admitUnsent(): void {
    this.#pretendsSent = false;
  }
}

const HEADER_METHODS = ['setHeader', 'appendHeader', 'removeHeader'] as const;
const HEADER_VERBS = { setHeader: 'set', appendHeader: 'append', removeHeader: 'remove' } as const;

/** Makes the error that Node.js throws for a header after the response began. */
function headersSent(verb: string): Error {
  const error = new Error(`Cannot ${verb} headers after they are sent to the client`);
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}
