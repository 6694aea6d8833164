import type { HonoSessionsOptions, Sessions } from '@coatcheck/hono';
import type { Hono } from 'hono';

export declare const app: Hono;
export declare const sessions: Sessions<{ cart: string[] }>;
export declare const oldStore: HonoSessionsOptions<{ cart: string[] }>['store'];
export declare const encryptionKey: string;
