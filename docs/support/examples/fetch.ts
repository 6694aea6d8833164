import type { Sessions } from '@coatcheck/fetch';

export declare const sessions: Sessions<{ cart: string[] }>;
export declare const request: Request;
/** As in `next/headers`. */
export declare function headers(): Promise<Headers>;
export declare function next(): Promise<Response>;
