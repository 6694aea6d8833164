import type { RequestListener } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import type { SessionEvent } from '@coatcheck/core';
import { checkout, maySee } from './checkout.ts';
import { EventLog } from './event-log.ts';
import { type Fields, textOf } from './fields.ts';
import { Guard } from './guard.ts';
import type { Act } from './lab/act.ts';
import { ACTS } from './lab/acts.ts';
import { Lab } from './lab/lab.ts';
import { waitAtGate } from './lab/lab-request.ts';
import { expectsCookie, linkTo, withCookieMark } from './link.ts';
import { type Order, Orders } from './orders.ts';
import { actPage, labPage } from './pages/lab-page.ts';
import { type Look, type Reply, render } from './render.ts';
import type { Settings } from './settings.ts';
import { ShopError } from './shop-error.ts';
import { authenticate, findUser, type User } from './users.ts';
import type { View } from './view.ts';
import { receiptOf, type ShopSession } from './visitor.ts';
import type { WatchedStore } from './watched-store.ts';

/** The dependencies of a shop. */
export interface ShopParts {
  readonly settings: Settings;
  /** The database of the orders. */
  readonly database: DatabaseSync;
  /** The store of the sessions. The shop watches and reads it only to show visitors what the server knows of their session. */
  readonly store: WatchedStore;
}

/** A request as a visitor arrives with it. */
interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly ip: string | undefined;
}

/** The part of the shop that does not depend on the framework. */
export class Shop {
  readonly settings: Settings;
  readonly #store: WatchedStore;
  readonly #orders: Orders;
  readonly #guard = new Guard();
  readonly #events = new EventLog();
  /** Undefined if it is closed. */
  readonly #lab: Lab | undefined;
  /** The sessions of requests that arrived without one. */
  readonly #newcomers = new WeakSet<ShopSession>();

  constructor({ settings, database, store }: ShopParts) {
    this.settings = settings;
    this.#store = store;
    this.#orders = new Orders(database);
    this.#lab = settings.lab ? new Lab(store) : undefined;
    store.watch({ onWrite: (write) => this.#events.recordWrite(write, Date.now()) });
  }

  /** Receives session events for the guard and for the strip of the pages. Call it from `onEvent` of `createSessions`. */
  hear(event: SessionEvent): void {
    this.#guard.hear(event);
    this.#events.record(event);
    this.#lab?.hear(event);
  }

  /** Wraps the request listener of the framework, so that the lab can play its acts against it. */
  serve(listener: RequestListener): RequestListener {
    return this.#lab?.serve(listener) ?? listener;
  }

  /**
   * Checks each visitor before their request is handled: rejects posts from other sites and visitors who guess tokens, and completes an order that a
   * crash left unplaced. Tells a visitor whose browser did not keep the cookie, in place of an empty cart.
   *
   * Throws `cookie-not-returned`, `cross-site` or `too-many-requests`.
   */
  async arrive(session: ShopSession, request: Arrival): Promise<void> {
    await this.#admit(session, request);
    await waitAtGate();
  }

  async #admit(session: ShopSession, request: Arrival): Promise<void> {
    if (session.id === undefined) this.#newcomers.add(session);
    const reason = session.ended?.reason;
    if (reason === undefined) {
      if (session.id === undefined && expectsCookie(request.url)) throw cookieNotReturned();
      return;
    }
    if (reason === 'cross-site' && request.method !== 'GET' && request.method !== 'HEAD') {
      throw new ShopError(
        'cross-site',
        'A page of another site sent this form, so it was ignored. Your cart and your session have not changed.',
      );
    }
    await this.#guard.admitVisitor(request.ip, reason);
    const receipt = receiptOf(session);
    if (receipt !== undefined) this.#orders.place(receipt);
  }

  /** Returns the user with the e-mail address and password from a form. Throws `wrong-password` or `too-many-requests`. */
  async authenticate(fields: Fields, ip: string | undefined): Promise<User> {
    const email = textOf(fields, 'email');
    await this.#guard.admitSignIn(ip, email);
    const user = await authenticate(email, textOf(fields, 'password'));
    if (user !== undefined) return user;
    throw new ShopError('wrong-password', 'The e-mail address or the password is incorrect.', { email });
  }

  /** Returns the signed-in user. Throws `not-signed-in`. */
  requireUser(session: ShopSession): User {
    const user = findUser(session.userId);
    if (user !== undefined) return user;
    throw new ShopError('not-signed-in', 'Sign in to see your account.');
  }

  /** Turns the visitor's cart into an order, or returns the existing one. Throws `empty-cart` or `cart-changed`. */
  checkout(session: ShopSession, fields: Fields): Promise<Order> {
    return checkout({ orders: this.#orders, settings: this.settings }, session, textOf(fields, 'cart'));
  }

  /** Returns an order that this visitor placed. Throws `not-found` for any other. */
  findOrder(session: ShopSession, id: string): Order {
    const order = this.#orders.find(id);
    if (order !== undefined && maySee(session, order)) return order;
    throw new ShopError('not-found', 'This order does not exist, or you did not place it.');
  }

  /** Lists a user's orders, latest first. */
  ordersOf(user: User): readonly Order[] {
    return this.#orders.ofUser(user.id);
  }

  /** Returns the URL of a page, with the token if links carry it. */
  link(path: string, session: ShopSession | undefined): string {
    return linkTo(path, this.settings.transport === 'query' ? session?.revealToken() : undefined);
  }

  /** Returns the URL that a post leads to. It is marked if the response sets the visitor's first cookie. */
  linkAfterPost(path: string, session: ShopSession): string {
    const isFirst = this.#newcomers.has(session) && session.id !== undefined;
    return isFirst ? withCookieMark(this.link(path, session), this.settings) : this.link(path, session);
  }

  /** Returns the page of the lab. Throws `not-found` if it is closed. */
  labPage(): View {
    this.#openLab();
    return labPage();
  }

  /** Returns the page of an act. Throws `not-found`. */
  actPage(name: string): View {
    this.#openLab();
    return actPage(findAct(name));
  }

  /** Plays an act, and returns its page with what happened. Throws `not-found`. */
  async play(name: string): Promise<View> {
    const act = findAct(name);
    return actPage(act, await this.#openLab().play(act));
  }

  #openLab(): Lab {
    if (this.#lab !== undefined) return this.#lab;
    throw new ShopError('not-found', 'The lab is closed.');
  }

  /** Renders a view as a page, or as JSON if the request prefers that. */
  render(view: View, look: Look): Promise<Reply> {
    return render(view, look, { settings: this.settings, store: this.#store, events: this.#events });
  }
}

function findAct(name: string): Act {
  const act = ACTS.find((each) => each.name === name);
  if (act !== undefined) return act;
  throw new ShopError('not-found', 'The lab has no such act.');
}

function cookieNotReturned(): ShopError {
  return new ShopError(
    'cookie-not-returned',
    'The shop sent your browser a session cookie a moment ago, and the browser came back without it, so your cart cannot be kept. Browsers drop the cookie if they block cookies, if the shop is opened by plain HTTP at an address other than localhost, and in Safari also at localhost.',
  );
}
