import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Lists the IDs of the orders in a shop's database, even while the shop has it open. */
export function ordersIn(directory: string): readonly string[] {
  const database = new DatabaseSync(join(directory, 'shop.db'), { readOnly: true });
  try {
    return database
      .prepare('SELECT id FROM shop_orders ORDER BY placed_at')
      .all()
      .map((row) => String(row['id']));
  } finally {
    database.close();
  }
}
