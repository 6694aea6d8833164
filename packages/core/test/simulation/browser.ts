import type { ClientTraits, Exchange, Instant } from './exchange.ts';
import type { Ledger, TokenFact } from './ledger.ts';

/** A cookie that gave way to another session's. */
export interface Overwriting {
  readonly by: Exchange;
  readonly lost: TokenFact;
  readonly next: TokenFact;
  /** When the lost token had come. */
  readonly since: Instant;
}

/** A cookie as a browser holds it, and the exchange whose response brought it. */
interface Cookie {
  readonly token: string | undefined;
  readonly from: Exchange | undefined;
}

/** A moment at which a browser was killed. */
export interface Crash {
  readonly at: Instant;
  /** The cookie that only the memory held; undefined where the disk had it already. */
  readonly lost: Cookie | undefined;
  /** The cookie that the disk had. */
  readonly back: Cookie;
}

/** How a browser behaves, besides its look. */
export interface BrowserOptions {
  /** Whether it never changes its network. */
  readonly stays?: boolean;
  /** Writes a changed cookie to the disk later on. Without it every cookie is on the disk at once. */
  readonly flushLater?: (flush: () => void) => void;
}

const NO_COOKIE: Cookie = { token: undefined, from: undefined };

/** A browser: one cookie, set by each response in the order in which they arrive, and on its disk some time later. */
export class Browser {
  readonly name: string;
  readonly exchanges: Exchange[] = [];
  readonly overwritings: Overwriting[] = [];
  readonly crashes: Crash[] = [];
  /** The first jar of the device that this one is a jar of. */
  device: Browser = this;
  /** Whether it was killed and has not been started again. */
  isDown = false;
  /** Called when a response has brought a token. */
  onToken: () => void = () => {};
  readonly #ledger: Ledger;
  readonly #stays: boolean;
  readonly #flushLater: ((flush: () => void) => void) | undefined;
  #client: ClientTraits;
  #memory: Cookie = NO_COOKIE;
  #disk: Cookie = NO_COOKIE;
  #isFlushing = false;

  constructor(name: string, client: ClientTraits, ledger: Ledger, options: BrowserOptions) {
    this.name = name;
    this.#client = client;
    this.#ledger = ledger;
    this.#stays = options.stays === true;
    this.#flushLater = options.flushLater;
  }

  /** What servers see of it at the moment. */
  get client(): ClientTraits {
    return this.#client;
  }

  /** Takes it to another network, as laptops and telephones go, unless it stays where it is. */
  move(client: ClientTraits): void {
    if (!this.#stays) this.#client = client;
  }

  get token(): string | undefined {
    return this.#memory.token;
  }

  /** The exchange whose response brought the token. */
  get tokenFrom(): Exchange | undefined {
    return this.#memory.from;
  }

  /** How often it was started again. A response to what was sent before a crash does not reach the browser after it. */
  get run(): number {
    return this.crashes.length;
  }

  /** Receives a response. */
  receive(x: Exchange): void {
    if (x.run !== this.run) return;
    x.arrived = this.#ledger.instant();
    const { brings } = x;
    if (brings === undefined) return;
    if (brings === '' && x.task.act !== 'destroy')
      this.#ledger.fault('the response emptied the cookie jar', x);
    this.#noteOverwriting(x);
    this.#hold(brings === '' ? NO_COOKIE : { token: brings, from: x });
    if (brings !== '') this.onToken();
  }

  /** Takes over the cookies of another browser, as a copy of its profile does. */
  copyFrom(other: Browser): void {
    this.device = other.device;
    this.#hold(other.#memory);
    this.#disk = this.#memory;
  }

  /** Is killed at this moment, and comes back with what its disk has. */
  crash(): void {
    const isLost = this.#memory.token !== this.#disk.token;
    const lost = isLost ? this.#memory : undefined;
    this.crashes.push({ at: this.#ledger.instant(), lost, back: this.#disk });
    this.#memory = this.#disk;
    this.#isFlushing = false;
    this.isDown = true;
  }

  #hold(cookie: Cookie): void {
    this.#memory = cookie;
    if (this.#flushLater === undefined) {
      this.#disk = cookie;
    } else if (!this.#isFlushing) {
      this.#isFlushing = true;
      const { run } = this;
      this.#flushLater(() => {
        if (run !== this.run) return;
        this.#isFlushing = false;
        this.#disk = this.#memory;
      });
    }
  }

  #noteOverwriting(by: Exchange): void {
    const lost = this.#ledger.fact(this.token);
    const next = this.#ledger.fact(by.brings);
    const since = this.tokenFrom?.arrived;
    if (lost !== undefined && next !== undefined && since !== undefined && next.life !== lost.life)
      this.overwritings.push({ by, lost, next, since });
  }
}
