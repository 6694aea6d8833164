import { SessionError } from '../../src/common/errors.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import type { Session } from '../../src/session/session-types.ts';
import type { Sessions } from '../../src/session/sessions-types.ts';
import type { Exchange } from './exchange.ts';
import type { Basket, Ledger } from './ledger.ts';
import type { Timeline } from './timeline.ts';

const COOKIE = '__Host-session=';

/** One of the app's servers: an adapter, and handlers that use the session as an app does. */
export class AppServer {
  readonly #timeline: Timeline;
  readonly #ledger: Ledger;
  readonly #sessions: Sessions<Basket>;

  constructor(timeline: Timeline, ledger: Ledger, sessions: Sessions<Basket>) {
    this.#timeline = timeline;
    this.#ledger = ledger;
    this.#sessions = sessions;
  }

  /** Handles a request to the end of its response. `onSealed` hears when the response's head sets out. */
  async handle(x: Exchange, onSealed: () => void): Promise<void> {
    const timeline = this.#timeline;
    const ledger = this.#ledger;
    const { pace, task } = x;
    const visit = this.#sessions.open(viewOf(x), { passive: task.passive === true });
    ledger.opened(x);
    await timeline.sleep(pace.beforeLoad);
    const began = ledger.instant();
    const session = await visit.session.load();
    ledger.loaded(x, began, session);
    const seal = () => {
      const line = visit.seal().find(([name]) => name === 'set-cookie')?.[1];
      ledger.sealed(x, line?.slice(COOKIE.length).split(';')[0]);
      onSealed();
    };
    if (task.act === 'stream') seal();
    await timeline.sleep(pace.beforeAct);
    try {
      await this.#act(x, session);
    } catch (error) {
      this.#noteFailure(x, error);
    }
    await timeline.sleep(pace.beforeSeal);
    if (x.sealed === undefined) seal();
  }

  async #act(x: Exchange, session: Session<Basket>): Promise<void> {
    switch (x.task.act) {
      case 'read':
        return;
      case 'update':
        return this.#update(x, session);
      case 'stream':
        for (let i = 0; i < (x.task.writes ?? 1); i += 1) {
          await this.#timeline.sleep(x.task.every ?? 0);
          await this.#update(x, session);
        }
        return;
      case 'sign-in':
        return this.#signIn(x, session, x.task.userId ?? 'nobody');
      case 'finish':
      case 'finish-keep':
        return this.#finish(x, session);
      case 'destroy':
        return this.#destroy(x, session);
    }
  }

  async #update(x: Exchange, session: Session<Basket>): Promise<void> {
    const ledger = this.#ledger;
    const update = ledger.updateBegan();
    const began = ledger.instant();
    const before = session.id;
    try {
      await session.update(({ log }) => {
        log.push(update);
      });
    } catch (error) {
      ledger.reject(update);
      throw error;
    }
    if (before === undefined && session.id !== undefined) {
      x.beganId = session.id;
      ledger.begun(session.id, undefined, x);
    }
    ledger.acknowledge(x, update, began, session);
  }

  async #signIn(x: Exchange, session: Session<Basket>, userId: string): Promise<void> {
    const ledger = this.#ledger;
    const { id: before, userId: userBefore } = session;
    const began = ledger.instant();
    await session.signIn(userId);
    const { id, data } = session;
    if (userBefore !== undefined && userBefore !== userId && (id === before || data.log.length > 0))
      ledger.fault('a session was carried over to another user', x);
    if (id === undefined) {
      ledger.fault('signIn resolved without a session', x);
      return;
    }
    x.beganId = id;
    const kill = { kind: 'sign-in', exchange: x, began, successorId: undefined } as const;
    if (id === before) {
      const life = ledger.begun(id, undefined, x);
      ledger.killed(id, { ...kill, era: life.users.length - 1 });
      x.beganEra = life.users.push(userId) - 1;
      return;
    }
    if (before !== undefined) ledger.killed(before, { ...kill, era: Number.POSITIVE_INFINITY });
    ledger.begun(id, userId, x);
  }

  async #finish(x: Exchange, session: Session<Basket>): Promise<void> {
    const ledger = this.#ledger;
    const { id: before, userId } = session;
    const keepUser = x.task.act === 'finish-keep';
    const began = ledger.instant();
    const isMine = await session.finish(({ log }) => [...log], { keepUser });
    const life = ledger.life(before);
    if (before === undefined || life === undefined) return;
    const { id: successorId, ended } = session;
    // Also where another call did it: the successor is handed over, perhaps before that call has resolved.
    if (successorId !== undefined) ledger.begun(successorId, userId, x);
    if (!isMine) return;
    x.beganId = successorId;
    const kind = successorId === undefined ? 'finish' : 'finish-keep';
    if (life.kills.some((kill) => kill.kind !== 'sign-in')) ledger.fault('a session was finished twice', x);
    const receipt = ended?.receipt;
    ledger.checkHeld(x, life, new Set(Array.isArray(receipt) ? receipt : []), began);
    ledger.killed(before, { kind, era: Number.POSITIVE_INFINITY, exchange: x, began, successorId });
  }

  async #destroy(x: Exchange, session: Session<Basket>): Promise<void> {
    const { id } = session;
    const began = this.#ledger.instant();
    await session.destroy();
    if (id === undefined) return;
    const kill = { kind: 'destroy', era: Number.POSITIVE_INFINITY, successorId: undefined } as const;
    this.#ledger.killed(id, { ...kill, exchange: x, began });
  }

  #noteFailure(x: Exchange, error: unknown): void {
    x.failed = { at: this.#ledger.instant(), error };
    const code = error instanceof SessionError ? error.code : undefined;
    if (code === 'ERR_SESSION_ENDED') this.#ledger.cutShort.push(x);
    // A stream whose visitor has no session cannot begin one any more.
    else if (code !== 'ERR_RESPONSE_SEALED' || x.servedId !== undefined)
      this.#ledger.fault(`a call threw ${String(error)}`, x);
  }
}

function viewOf(x: Exchange): RequestView {
  const headers: Readonly<Record<string, string | undefined>> = {
    cookie: x.token === undefined ? undefined : COOKIE + x.token,
    'user-agent': x.client.userAgent,
    'sec-fetch-site': 'same-origin',
  };
  return {
    method: x.task.act === 'read' ? 'GET' : 'POST',
    host: 'shop.example',
    ip: x.client.ip,
    header: (name) => headers[name],
    query: () => undefined,
    form: () => undefined,
  };
}
