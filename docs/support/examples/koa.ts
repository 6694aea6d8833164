import type { KoaSessionOptions, Sessions } from '@coatcheck/koa';
import type Koa from 'koa';

export declare const app: Koa;
export declare const sessions: Sessions<{ cart: string[] }>;
export declare const oldStore: KoaSessionOptions<{ cart: string[] }>['store'];
