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

/** A browser: one cookie, set by each response in the order in which they arrive. */
export class Browser {
  readonly name: string;
  readonly exchanges: Exchange[] = [];
  readonly overwritings: Overwriting[] = [];
  readonly #ledger: Ledger;
  readonly #stays: boolean;
  #client: ClientTraits;
  #token: string | undefined = undefined;
  #from: Exchange | undefined = undefined;

  constructor(name: string, client: ClientTraits, ledger: Ledger, stays: boolean) {
    this.name = name;
    this.#client = client;
    this.#ledger = ledger;
    this.#stays = stays;
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
    return this.#token;
  }

  /** The exchange whose response brought the token. */
  get tokenFrom(): Exchange | undefined {
    return this.#from;
  }

  /** Receives a response. */
  receive(x: Exchange): void {
    x.arrived = this.#ledger.instant();
    const { brings } = x;
    if (brings === undefined) return;
    if (brings === '') this.#ledger.fault('the response emptied the cookie jar', x);
    this.#noteOverwriting(x);
    this.#token = brings === '' ? undefined : brings;
    this.#from = x;
  }

  #noteOverwriting(by: Exchange): void {
    const lost = this.#ledger.fact(this.#token);
    const next = this.#ledger.fact(by.brings);
    const since = this.#from?.arrived;
    if (lost !== undefined && next !== undefined && since !== undefined && next.life !== lost.life)
      this.overwritings.push({ by, lost, next, since });
  }
}
