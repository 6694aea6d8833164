import { database } from './database';

/** An order, as it was placed. */
export interface Order {
  readonly id: string;
  readonly skus: readonly string[];
}

/** What a finished session leaves behind: everything that its order needs. */
export interface Receipt {
  readonly id: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly skus: readonly string[];
}

database.exec(`CREATE TABLE IF NOT EXISTS orders (
  id TEXT PRIMARY KEY, session_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL, skus TEXT NOT NULL
) STRICT`);
const insert = database.prepare('INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (session_id) DO NOTHING');
const bySession = database.prepare('SELECT id FROM orders WHERE session_id = ? AND user_id = ?');
const byId = database.prepare('SELECT id, skus FROM orders WHERE id = ? AND user_id = ?');
const byUser = database.prepare('SELECT id, skus FROM orders WHERE user_id = ? ORDER BY rowid');

/** Places the order of a receipt, or finds the order that was already placed. Returns its ID. */
export function placeOrder({ id, sessionId, userId, skus }: Receipt): string | undefined {
  insert.run(id, sessionId, userId, JSON.stringify(skus));
  return findOrderOf(sessionId, userId);
}

/** Finds the ID of the order that a session became. */
export function findOrderOf(sessionId: string, userId: string): string | undefined {
  const row = bySession.get(sessionId, userId);
  return row === undefined ? undefined : String(row['id']);
}

/** Finds an order of a user. */
export function findOrder(id: string, userId: string): Order | undefined {
  const row = byId.get(id, userId);
  return row === undefined ? undefined : toOrder(row);
}

/** Lists a user's orders, the oldest first. */
export function listOrders(userId: string): readonly Order[] {
  return byUser.all(userId).map(toOrder);
}

function toOrder(row: Record<string, unknown>): Order {
  return { id: String(row['id']), skus: JSON.parse(String(row['skus'])) };
}
