import type { Json } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import { linkTo, tokenInput } from './link.ts';
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
}

/** What a page can use while it is rendered. */
export class Site {
  readonly settings: Settings;
  readonly session: ShopSession | undefined;
  /** The path of the page. */
  readonly path: string;

  constructor(settings: Settings, session: ShopSession | undefined, path: string) {
    this.settings = settings;
    this.session = session;
    this.path = path;
  }

  /** Returns the URL of a page. */
  link(path: string): string {
    return linkTo(path, this.settings, this.session);
  }

  /** Renders a form that posts to a path. */
  form(action: string, content: Html, className = ''): Html {
    const token = tokenInput(this.settings, this.session);
    return html`<form method="post" action="${action}" class="${className}">${token}${content}</form>`;
  }

  /** The data of the visitor's session. */
  get data(): ReturnType<typeof dataOf> {
    return dataOf(this.session);
  }
}
