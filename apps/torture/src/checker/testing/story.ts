import type { CallEvent, HistoryEvent, OutcomeEvent, RunEvent, ServerEvent } from '../../history/events.ts';
import type { Reply } from '../../history/reply.ts';

/** A request of a story: what it asks for. Everything has a usual value. */
export type Asked = Partial<Omit<CallEvent, 'type' | 'at' | 'call'>>;

/** What comes of a request: the parts of a response, or how the connection ended. */
export interface Came extends Partial<Omit<OutcomeEvent, 'type' | 'at' | 'call' | 'reply'>> {
  readonly reply?: Reply;
}

/** The data of a session as a response shows it. */
export function shows(id: string | undefined, marks = '', user?: string): Reply {
  const shown = { id, user, marks };
  return { loaded: shown, after: shown };
}

/** Makes a history by hand, one request after the other. */
export class Story {
  readonly #events: HistoryEvent[] = [];
  #at = 0;
  #calls = 0;

  constructor(run: Partial<RunEvent> = {}) {
    this.#events.push({
      type: 'run',
      format: 1,
      at: 0,
      store: 'sqlite',
      nemesis: 'none',
      seed: 1,
      seconds: 1,
      servers: 2,
      clocks: [0, 0],
      renewalGrace: 12_000,
      maxPerUser: 100,
      strikes: false,
      ...run,
    });
  }

  /** Lets time pass, in milliseconds. */
  wait(milliseconds: number): this {
    this.#at += milliseconds;
    return this;
  }

  server(server: number, what: ServerEvent['what'], detail?: string): this {
    this.#events.push({ type: 'server', at: this.#tick(), server, what, detail });
    return this;
  }

  fault(what: 'begins' | 'ends', fault = 1): this {
    this.#events.push({ type: 'fault', at: this.#tick(), fault, what });
    return this;
  }

  /** Begins a request, and returns how it ends. */
  begin(asked: Asked): (came: Came) => void {
    this.#calls += 1;
    const call = this.#calls;
    const usual = { client: 'ann', server: 0, action: 'read' } as const;
    this.#events.push({ type: 'call', at: this.#tick(), call, ...usual, ...asked });
    return (came) => {
      const good = { kind: 'response', status: 200, delivered: true } as const;
      this.#events.push({ type: 'outcome', at: this.#tick(), call, ...good, ...came });
    };
  }

  /** Makes a request that ends before the next one begins. */
  request(asked: Asked, came: Came): this {
    this.begin(asked)(came);
    return this;
  }

  /** The events, with the last line. */
  end(): HistoryEvent[] {
    return [...this.#events, { type: 'end', at: this.#tick(), events: this.#events.length }];
  }

  #tick(): number {
    this.#at += 1;
    return this.#at;
  }
}

/** A history of two servers without violations: Ann fills a cart, signs in and orders, although her server is killed meanwhile; Bob has a session beside her. */
export function cleanStory(run: Partial<RunEvent> = {}): Story {
  const order = { order: 'order1', session: 'A', marks: 'ann.1 ann.2' };
  const before = { id: 'A', user: 'user1', marks: 'ann.1 ann.2' };
  return new Story(run)
    .server(0, 'started')
    .server(1, 'started')
    .request(
      { action: 'add', mark: 'ann.1' },
      { reply: { loaded: { marks: '' }, after: { id: 'A', marks: 'ann.1' } }, sets: 't1' },
    )
    .request({ token: 't1' }, { reply: shows('A', 'ann.1') })
    .request(
      { client: 'bob', server: 1, action: 'add', mark: 'bob.1' },
      { reply: { loaded: { marks: '' }, after: { id: 'B', marks: 'bob.1' } }, sets: 't2' },
    )
    .request(
      { action: 'sign-in', token: 't1', user: 'user1' },
      {
        reply: { loaded: { id: 'A', marks: 'ann.1' }, after: { id: 'A', user: 'user1', marks: 'ann.1' } },
        sets: 't3',
      },
    )
    .request({ token: 't1' }, { reply: { ...shows(undefined), ended: 'unknown' } })
    .request(
      { action: 'add', token: 't3', mark: 'ann.2' },
      { reply: { loaded: { id: 'A', user: 'user1', marks: 'ann.1' }, after: before } },
    )
    .server(0, 'killed')
    .request({ action: 'add', token: 't3', mark: 'ann.3' }, { kind: 'refused' })
    .server(0, 'started')
    .request(
      { action: 'finish', token: 't3', keepUser: true },
      {
        reply: { loaded: before, after: { id: 'C', user: 'user1', marks: '' }, won: true, receipt: order },
        sets: 't4',
      },
    )
    .request(
      { action: 'finish', token: 't3', keepUser: true },
      { reply: { ...shows('C', '', 'user1'), won: false, receipt: order, ended: 'finished' }, sets: 't4' },
    )
    .request({ token: 't4' }, { reply: shows('C', '', 'user1') })
    .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1') });
}
