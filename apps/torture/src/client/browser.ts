import type { Seeded } from '../../../../packages/core/test/fuzz/seeded.ts';
import type { Action } from '../history/events.ts';
import type { Shown } from '../history/reply.ts';
import type { Call, Caller } from './caller.ts';
import { choose } from './choice.ts';
import { FULL_HABITS, type Habits } from './habits.ts';
import { Jar } from './jar.ts';
import type { Received } from './send.ts';
import type { TokenNames } from './token-names.ts';

/** So many characters of marks at most: then the session is finished or signed out. */
const MAX_MARKS = 800;
const SHORT_LIFETIME = 4000;

/** What a browser depends on. */
export interface BrowserDeps {
  readonly name: string;
  readonly users: readonly [string, ...string[]];
  readonly servers: number;
  readonly habits: Habits;
  readonly random: Seeded;
  readonly caller: Caller;
  readonly names: TokenNames;
  /** Waits so many milliseconds, or less if the run is over. */
  pause(milliseconds: number): Promise<void>;
}

type Details = Partial<Pick<Call, 'mark' | 'user' | 'target' | 'keepUser' | 'lifetime' | 'wait'>>;

/** One visitor's browser. It loses responses, retries, and sends requests at the same time. */
export class Browser {
  readonly #deps: BrowserDeps;
  readonly #jar: Jar = new Jar();
  readonly #slow: Set<Promise<unknown>> = new Set();
  #shown: Shown = { marks: '' };
  #marks = 0;

  constructor(deps: BrowserDeps) {
    this.#deps = deps;
  }

  /** Acts until the run is over. */
  async run(isOver: () => boolean): Promise<void> {
    const { random, pause } = this.#deps;
    while (!isOver()) {
      await this.#act();
      await pause(5 + random.int(60));
    }
    await Promise.all(this.#slow);
  }

  /** Looks once more at the session, and tries tokens that it had before. */
  async takeLeave(): Promise<void> {
    const { random } = this.#deps;
    await this.#request('read', {}, this.#jar.token, true);
    const { all } = this.#jar;
    for (let i = 0; i < Math.min(10, all.length); i += 1) {
      await this.#send(this.#call('read', {}, all[random.int(all.length)], true));
    }
  }

  async #act(): Promise<void> {
    const { random, users, habits } = this.#deps;
    const { id, user } = this.#shown;
    const isFull = this.#shown.marks.length > MAX_MARKS;
    const choice = isFull ? choose(random, FULL_HABITS) : choose(random, habits.acts);
    switch (choice) {
      case 'sign-in':
        // A signed-in visitor rarely signs in again.
        if (user === undefined || random.chance(0.2)) await this.#try('sign-in', this.#signIn());
        else await this.#try('add', this.#marked());
        return;
      case 'slow':
        this.#inBackground(this.#try('slow', { ...this.#marked(), wait: 20 + random.int(800) }));
        return;
      case 'revoke':
        if (id === undefined || user === undefined) return;
        await this.#try('revoke', { user, target: id });
        return;
      case 'revoke-user':
        await this.#try('revoke-user', {
          user: user ?? random.pick(users),
          target: random.chance(0.5) ? id : undefined,
        });
        return;
      case 'race':
        await Promise.all(Array.from({ length: 2 + random.int(4) }, () => this.#oneOfRace()));
        return;
      case 'forge':
        await this.#forge();
        return;
      case 'replay': {
        const { all } = this.#jar;
        const action = random.chance(0.5) ? 'read' : 'finish';
        if (all.length > 0) await this.#send(this.#call(action, {}, all[random.int(all.length)]));
        return;
      }
      case 'crash':
        this.#jar.crash(1 + random.int(2));
        return;
      case 'leave':
        this.#jar.clear();
        this.#shown = { marks: '' };
        return;
      case 'idle':
        await this.#deps.pause(500 + random.int(2500));
        return;
      default:
        await this.#try(choice, this.#detailsOf(choice));
    }
  }

  /** Makes a request, and perhaps repeats one that got no response. */
  async #try(action: Action, details: Details): Promise<void> {
    const { random } = this.#deps;
    const received = await this.#request(action, details);
    if (received.kind === 'response' || !random.chance(0.5)) return;
    // A mark is written by one request only, so that one that is there twice is a fault of the servers.
    await this.#request(action, { ...details, ...(details.mark !== undefined && this.#marked()) });
  }

  async #oneOfRace(): Promise<void> {
    const { random, habits } = this.#deps;
    const action = choose(random, habits.races);
    await this.#request(action, this.#detailsOf(action));
  }

  #detailsOf(action: Action): Details {
    if (action === 'add') return this.#marked();
    if (action === 'sign-in') return this.#signIn();
    return action === 'finish' ? { keepUser: this.#deps.random.chance(0.6) } : {};
  }

  #signIn(): Details {
    const { random, users } = this.#deps;
    return {
      user: random.pick(users),
      lifetime: random.chance(0.1) ? SHORT_LIFETIME : undefined,
    };
  }

  #marked(): Details {
    this.#marks += 1;
    return { mark: `${this.#deps.name}.${this.#marks}` };
  }

  /** Presents a token that no server sent: a random one, or one of its own with another secret. */
  async #forge(): Promise<void> {
    const { random, names } = this.#deps;
    const own = this.#jar.token;
    const secret = Buffer.from(random.bytes(32)).toString('base64url');
    const token =
      own !== undefined && random.chance(0.7)
        ? own.slice(0, -secret.length) + secret
        : Buffer.from(random.bytes(48)).toString('base64url');
    names.noteForged(token);
    await this.#send(this.#call(random.chance(0.5) ? 'read' : 'finish', {}, token));
  }

  #inBackground(work: Promise<unknown>): void {
    this.#slow.add(work);
    work.finally(() => this.#slow.delete(work)).catch(() => {});
  }

  /** Makes a request with the jar's cookie, and keeps what the response sets. */
  async #request(
    action: Action,
    details: Details,
    token: string | undefined = this.#jar.token,
    isSafe = false,
  ): Promise<Received> {
    const received = await this.#send(this.#call(action, details, token, isSafe));
    if (received.kind !== 'response') return received;
    if (received.sets !== undefined) this.#jar.keep(received.sets);
    else if (received.clears) this.#jar.clear();
    if (received.reply?.after !== undefined) this.#shown = received.reply.after;
    return received;
  }

  #send(call: Call): Promise<Received> {
    return this.#deps.caller.call(call);
  }

  #call(action: Action, details: Details, token: string | undefined, isSafe = false): Call {
    const { name, servers, random } = this.#deps;
    const loss = isSafe ? 1 : random.int(100);
    return {
      client: name,
      server: random.int(servers),
      action,
      token,
      ...details,
      abortAfter: loss < 4 && !isSafe ? random.int(40) : undefined,
      isUndelivered: loss >= 4 && loss < 8 && !isSafe,
    };
  }
}
