import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { OrderLine, Receipt } from './receipt.ts';

/** A placed order. */
export interface Order {
  readonly id: string;
  /** The session that was finished for it. */
  readonly sessionId: string;
  /** The ID of the user who was signed in; null for an anonymous visitor. */
  readonly userId: string | null;
  /** In milliseconds since the epoch. */
  readonly placedAt: number;
  readonly lines: readonly OrderLine[];
  /** In euro cents. */
  readonly total: number;
  /** When the checkout was last repeated, in milliseconds since the epoch; null for never. */
  readonly repeatedAt: number | null;
}

/** The session ID is the order's unique key: one session makes at most one order, whatever happens in between. */
const SCHEMA = `CREATE TABLE IF NOT EXISTS shop_orders (
  id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  user_id TEXT,
  placed_at INTEGER NOT NULL,
  lines TEXT NOT NULL,
  total INTEGER NOT NULL,
  repeated_at INTEGER
) STRICT`;

/** Stores the orders. */
export class Orders {
  readonly #insert: StatementSync;
  readonly #byId: StatementSync;
  readonly #bySession: StatementSync;
  readonly #byUser: StatementSync;
  readonly #repeat: StatementSync;

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA);
    database.exec('CREATE INDEX IF NOT EXISTS shop_orders_user ON shop_orders (user_id)');
    this.#insert = database.prepare(
      `INSERT INTO shop_orders (id, session_id, user_id, placed_at, lines, total) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (session_id) DO NOTHING`,
    );
    this.#byId = database.prepare('SELECT * FROM shop_orders WHERE id = ?');
    this.#bySession = database.prepare('SELECT * FROM shop_orders WHERE session_id = ?');
    this.#byUser = database.prepare(
      'SELECT * FROM shop_orders WHERE user_id = ? ORDER BY placed_at DESC LIMIT 20',
    );
    this.#repeat = database.prepare('UPDATE shop_orders SET repeated_at = ? WHERE id = ?');
  }

  /** Places the order of a receipt unless it exists already. Returns the session's only order. */
  place(receipt: Receipt): Order {
    const existing = this.ofSession(receipt.sessionId);
    if (existing !== undefined) return existing;
    const { orderId, sessionId, userId, placedAt, lines } = receipt;
    const total = lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
    this.#insert.run(orderId, sessionId, userId, placedAt, JSON.stringify(lines), total);
    const placed = this.ofSession(sessionId);
    if (placed === undefined) throw new Error('The order was written but cannot be found.');
    return placed;
  }

  /** Finds an order by its number. */
  find(id: string): Order | undefined {
    return orderOf(this.#byId.get(id));
  }

  /** Finds the order of a finished session. */
  ofSession(sessionId: string): Order | undefined {
    return orderOf(this.#bySession.get(sessionId));
  }

  /** Lists a user's orders, latest first. */
  ofUser(userId: string): readonly Order[] {
    return this.#byUser
      .all(userId)
      .map(orderOf)
      .filter((order) => order !== undefined);
  }

  /** Records a repeated checkout, so that the order's page can say that there is still only one order. */
  noteRepeat(id: string, now: number): void {
    this.#repeat.run(now, id);
  }
}

type Row = ReturnType<StatementSync['get']>;

function orderOf(row: Row): Order | undefined {
  if (row === undefined) return undefined;
  // The table is STRICT, and only `place` writes to it.
  const lines: readonly OrderLine[] = JSON.parse(String(row['lines']));
  const userId = row['user_id'];
  const repeatedAt = row['repeated_at'];
  return {
    id: String(row['id']),
    sessionId: String(row['session_id']),
    userId: typeof userId === 'string' ? userId : null,
    placedAt: Number(row['placed_at']),
    lines,
    total: Number(row['total']),
    repeatedAt: typeof repeatedAt === 'number' ? repeatedAt : null,
  };
}
