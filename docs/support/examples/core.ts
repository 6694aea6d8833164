// What the examples of the core take as given. Its apps are Express apps.

import type { IncomingMessage } from 'node:http';
import type { D1Binding } from '@coatcheck/cloudflare';
import type { RequestView, Session, SessionStore, Sessions, Visit } from '@coatcheck/core';
import type { AdapterOptions, RestoredSession } from '@coatcheck/core/adapter';
import type { Request as ExpressRequest, Response as ExpressResponse, RequestHandler } from 'express';
import type { Context } from 'hono';
import type { WebSocket } from 'ws';

/** The data of a session. */
interface ShopData {
  cart: string[];
  theme: string;
  note: string;
}

interface ShopRequest extends IncomingMessage {
  readonly session: Session<ShopData>;
  readonly body: { readonly sessionId: string };
}

export declare const app: {
  use(handler: (req: ShopRequest, res: ExpressResponse, next: () => void) => void): void;
};
export declare const req: ShopRequest;
export declare const res: ExpressResponse;
export declare const socket: WebSocket;
export declare const store: SessionStore;
export declare const sessions: Sessions<ShopData>;
export declare function session(
  sessions: Sessions<ShopData>,
  options: AdapterOptions<ExpressRequest>,
): RequestHandler;
export declare const email: string;
export declare const password: string;
export declare function verifyPassword(email: string, password: string): Promise<{ id: string } | undefined>;
export declare function sendConfirmation(orderId: string): Promise<void>;
export declare const url: string;

// For adapters.
export declare const visit: Visit<ShopData>;
export declare const request: Request;
export declare const address: string;
export declare function respond(session: Session<ShopData>): Promise<Response>;
export declare const response: Response;
/** The bindings of a worker. */
export interface Env {
  Bindings: { DB: D1Binding };
}
export declare const c: Context;
export declare function sessionsOf(binding: D1Binding): Sessions<ShopData>;
export declare const options: AdapterOptions<Context<Env>> & { readonly ip?: (c: Context<Env>) => string };

// For migrations.
export declare const oldId: string;
export declare const view: RequestView;
export declare function readOldSession(key: string): Promise<RestoredSession<ShopData> | undefined>;
export declare function removeOldSession(key: string): Promise<void>;
