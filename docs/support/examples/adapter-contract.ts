import type { RequestListener } from 'node:http';
import type { ContractApp } from '@coatcheck/adapter-contract';
import type { session as mountSession } from '@coatcheck/express';
import type { Express } from 'express';

export declare const app: Express;
export declare const session: typeof mountSession;
export declare function serverOf(app: ContractApp): RequestListener;
