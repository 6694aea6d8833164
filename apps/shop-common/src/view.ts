import type { Json } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import { linkTo, tokenInput } from './link.ts';
import type { Settings } from './settings.ts';
import { dataOf, type ShopSession } from './visitor.ts';

/** An answer before it is known whether it is to be a page or JSON. */
export interface View {
  readonly status: number;
  /** The page's title and, for screen readers, its name. */
  readonly title: string;
  /** Makes the main part of the page. */
  readonly main: (site: Site) => Html;
  /** The same for programs. */
  readonly json: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a page may use of its surroundings. */
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

  /** Gives the address of a page. */
  link(path: string): string {
    return linkTo(path, this.settings, this.session);
  }

  /** Makes a form that posts to an address; `content` is what stands in it. */
  form(action: string, content: Html, className = ''): Html {
    const token = tokenInput(this.settings, this.session);
    return html`<form method="post" action="${action}" class="${className}">${token}${content}</form>`;
  }

  /** The data of the visitor's session. */
  get data(): ReturnType<typeof dataOf> {
    return dataOf(this.session);
  }
}
