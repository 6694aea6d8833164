import type { DatabaseSync } from 'node:sqlite';
import type { SessionEvent, SessionStore } from '@coatcheck/core';
import { checkout, maySee } from './checkout.ts';
import { EventLog } from './event-log.ts';
import { type Fields, textOf } from './fields.ts';
import { Guard } from './guard.ts';
import { linkTo } from './link.ts';
import { type Order, Orders } from './orders.ts';
import { type Look, type Reply, render } from './render.ts';
import type { Settings } from './settings.ts';
import { ShopError } from './shop-error.ts';
import { authenticate, findUser, type User } from './users.ts';
import type { View } from './view.ts';
import { receiptOf, type ShopSession } from './visitor.ts';

/** What a shop is opened with. */
export interface ShopParts {
  readonly settings: Settings;
  /** Where the orders are kept. */
  readonly database: DatabaseSync;
  /** Where the sessions are kept; the shop reads it only to show a visitor what the server holds. */
  readonly store: SessionStore;
}

/** Keeps the shop: everything that is the same whatever the framework. */
export class Shop {
  readonly settings: Settings;
  readonly #store: SessionStore;
  readonly #orders: Orders;
  readonly #guard = new Guard();
  readonly #events = new EventLog();

  constructor({ settings, database, store }: ShopParts) {
    this.settings = settings;
    this.#store = store;
    this.#orders = new Orders(database);
  }

  /** Hears of what happens to sessions, for the guard and for the strip at the foot of the pages: give it to `createSessions` as `onEvent`. */
  hear(event: SessionEvent): void {
    this.#guard.hear(event);
    this.#events.record(event);
  }

  /**
   * Looks at each visitor before their request is answered: completes an order that a crash left unplaced, and turns away a post from
   * another site, and a guesser.
   *
   * Throws `cross-site` or `too-many-requests`.
   */
  async arrive(session: ShopSession, request: { method: string; ip: string | undefined }): Promise<void> {
    const reason = session.ended?.reason;
    if (reason === undefined) return;
    if (reason === 'cross-site' && request.method !== 'GET' && request.method !== 'HEAD') {
      throw new ShopError(
        'cross-site',
        'A page of another site sent this form, so it was not read. Your cart and your session are as they were.',
      );
    }
    await this.#guard.admitVisitor(request.ip, reason);
    const receipt = receiptOf(session);
    if (receipt !== undefined) this.#orders.place(receipt);
  }

  /** Finds the user whose e-mail address and password a form gives. Throws `wrong-password` or `too-many-requests`. */
  async authenticate(fields: Fields, ip: string | undefined): Promise<User> {
    const email = textOf(fields, 'email');
    await this.#guard.admitSignIn(ip, email);
    const user = await authenticate(email, textOf(fields, 'password'));
    if (user !== undefined) return user;
    throw new ShopError('wrong-password', 'The e-mail address or the password is not right.', { email });
  }

  /** Gives who is signed in. Throws `not-signed-in`. */
  requireUser(session: ShopSession): User {
    const user = findUser(session.userId);
    if (user !== undefined) return user;
    throw new ShopError('not-signed-in', 'Sign in to see your account.');
  }

  /** Turns the visitor's cart into an order, or finds the one that it became. Throws `empty-cart` or `cart-changed`. */
  checkout(session: ShopSession, fields: Fields): Promise<Order> {
    return checkout({ orders: this.#orders, settings: this.settings }, session, textOf(fields, 'cart'));
  }

  /** Finds an order that this visitor placed. Throws `not-found`, also for somebody else's. */
  findOrder(session: ShopSession, id: string): Order {
    const order = this.#orders.find(id);
    if (order !== undefined && maySee(session, order)) return order;
    throw new ShopError('not-found', 'There is no such order, or you did not place it.');
  }

  /** Lists a user's orders, the latest first. */
  ordersOf(user: User): readonly Order[] {
    return this.#orders.ofUser(user.id);
  }

  /** Gives the address of a page; with the token where that travels in links. */
  link(path: string, session: ShopSession | undefined): string {
    return linkTo(path, this.settings, session);
  }

  /** Renders a view: a page, or JSON where the request asks for it. */
  render(view: View, look: Look): Promise<Reply> {
    return render(view, look, { settings: this.settings, store: this.#store, events: this.#events });
  }
}
