import type { Json } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import { linkTo, queryOf, tokenInput } from './link.ts';
import type { Settings } from './settings.ts';
import { dataOf, type ShopSession } from './visitor.ts';

/** A response that can be rendered as a page or as JSON. */
export interface View {
  readonly status: number;
  /** The title of the page. */
  readonly title: string;
  /** Renders the main part of the page. */
  readonly main: (site: Site) => Html;
  /** The same content for programs. */
  readonly json: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** The code of the error that the page shows. */
  readonly error?: string;
  /** Whether the main part says itself why the token opened no session. */
  readonly explainsEnd?: boolean;
}

/** Where a page is rendered, and for whom. */
export interface Visit {
  readonly settings: Settings;
  /** Undefined if the page does not depend on the session. */
  readonly session: ShopSession | undefined;
  /** The path and the query of the request. */
  readonly url: string;
  /** The token for links, if the request came with one in its link. */
  readonly token: string | undefined;
}

/** What a page can use while it is rendered. */
export class Site {
  readonly settings: Settings;
  readonly session: ShopSession | undefined;
  /** The path of the page. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly #linkedToken: string | undefined;

  constructor({ settings, session, url, token }: Visit) {
    this.settings = settings;
    this.session = session;
    this.path = url.split('?')[0] ?? '/';
    this.query = queryOf(url);
    // A page that does not consult the session passes the token on.
    this.#linkedToken = session === undefined ? token : undefined;
  }

  /** Returns the URL of a page. */
  link(path: string): string {
    return linkTo(path, this.#token);
  }

  /** Renders a form that posts to a path. */
  form(action: string, content: Html, className = ''): Html {
    return html`<form method="post" action="${action}" class="${className}">${tokenInput(this.#token)}${content}</form>`;
  }

  /** The data of the visitor's session. */
  get data(): ReturnType<typeof dataOf> {
    return dataOf(this.session);
  }

  /** The token, if links and forms carry it. */
  get #token(): string | undefined {
    return this.settings.transport === 'query'
      ? (this.session?.revealToken() ?? this.#linkedToken)
      : undefined;
  }
}
