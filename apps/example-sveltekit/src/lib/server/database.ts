import { DatabaseSync } from 'node:sqlite';
import { building } from '$app/env';

// SvelteKit runs the app's modules while it builds. That must leave no file behind.
export const database = new DatabaseSync(building ? ':memory:' : (process.env['DATABASE'] ?? 'shop.db'));
