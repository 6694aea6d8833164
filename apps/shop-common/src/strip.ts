import type { Ended } from '@coatcheck/core';
import type { ShopEvent } from './event-log.ts';
import { type Html, html } from './html.ts';
import { browserColumn } from './strip-browser.ts';
import type { ServerFacts, StripFacts } from './strip-facts.ts';
import { recordFacts } from './strip-record.ts';
import { timeline } from './timeline.ts';
import { deadline } from './times.ts';
import type { Site } from './view.ts';

/** Renders what the browser and the server hold of the visitor's session: one line that stays in view, and a panel that it opens. */
export function strip(facts: StripFacts, site: Site): Html {
  const { server, now } = facts;
  return html`<aside class="strip" aria-labelledby="strip-title" data-now="${now.toISOString()}">
<details class="strip-box">
<summary><span class="strip-title" id="strip-title">What the server holds</span> <span class="strip-state">${stateOf(server)}</span></summary>
<div class="strip-panel" role="region" aria-label="Your session in detail" tabindex="0">
<div class="strip-columns">
<section class="strip-column" aria-labelledby="strip-browser"><h2 id="strip-browser">Your browser</h2>${browserColumn(facts)}</section>
<section class="strip-column strip-server" aria-labelledby="strip-server"><h2 id="strip-server">The server</h2>${serverColumn(facts)}</section>
<section class="strip-column" aria-labelledby="strip-events"><h2 id="strip-events">The last ten events</h2>${timeline(eventsOf(server), idOf(server))}</section>
</div>
<p class="strip-more"><a href="${site.link('/help')}#strip">What is this?</a></p>
</div>
</details>
</aside>`;
}

/** Says in one line what the server knows. */
function stateOf(server: ServerFacts): Html {
  switch (server.kind) {
    case 'not-consulted':
      return html`The session was not consulted`;
    case 'unavailable':
      return html`The server could not look`;
    case 'nothing':
      return html`Nothing: you have no session`;
    case 'refused':
      return html`No session: the token was refused (<code>${server.reason}</code>)`;
    case 'gone':
      return html`Nothing: the session has just ended`;
    case 'session':
      return html`${server.record.user === undefined ? 'A session without a user' : html`A session of <code>${server.record.user.id}</code>`}, ends ${deadline(server.record.idleDeadline)}`;
  }
}

function serverColumn({ server, now }: StripFacts): Html {
  switch (server.kind) {
    case 'not-consulted':
      return html`<p>${
        server.isCrossSite
          ? 'A page of another site sent this request, so the server rejected it before it looked at the token.'
          : 'The server made this page without a look at your session: the page does not depend on it, or the request was rejected before.'
      }</p><p>Nothing was read, nothing was changed, and no cookie was sent.</p>`;
    case 'unavailable':
      return html`<p>The store of the sessions did not respond, so this page cannot tell what is in it.</p><p>The library reports this as an error. It never takes it for “no session”: you are not signed out, and your cookie is still good.</p>`;
    case 'nothing':
      return html`<p>Your browser sent no token, so the server looked up nothing. Browsing creates no session, sets no cookie and makes no store call.</p><p>Adding a product to the cart or signing in creates a session.</p>`;
    case 'refused':
      return html`<p>${explainRefusal(server.reason)}</p><p>${
        server.reason === 'finished'
          ? 'Only the receipt is left, which shows your order. The next write starts a new session.'
          : 'The request was served as that of a visitor without a session. The next write starts a new one.'
      }</p>`;
    case 'gone':
      return html`<p>The session <code>${server.id}</code> ended while this request was handled, so the request changed nothing. It cannot come back.</p>`;
    case 'session':
      return recordFacts(server.id, server.record, now);
  }
}

function explainRefusal(reason: Ended): string {
  switch (reason) {
    case 'malformed':
      return 'The value is not a token, so the server made no store call.';
    case 'forged':
      return 'The token was not signed by the server, so it made no store call.';
    case 'unknown':
      return 'The server found no session for this token: there never was one, it has ended, or the secret is wrong.';
    case 'retired':
      return 'The token was replaced by a newer one some time ago.';
    case 'idle':
      return 'The session was not used until its deadline, so the server removed it.';
    case 'absolute':
      return 'The session reached its last deadline, so the server removed it.';
    case 'finished':
      return 'The session met its goal and was finished.';
    case 'revoked':
      return 'The session was ended from another device, or by the shop.';
    case 'client':
      return 'The token came from another network or browser than before.';
    case 'unbound':
      return 'The session is bound to a device, and the request lacks the cookie that the device earns.';
    case 'ambiguous':
      return 'The browser sent tokens of two sessions.';
    case 'unreadable':
      return 'The server cannot read the record.';
    case 'cross-site':
      return 'A page of another site sent the request.';
  }
}

function eventsOf(server: ServerFacts): readonly ShopEvent[] | undefined {
  return 'events' in server ? server.events : undefined;
}

function idOf(server: ServerFacts): string | undefined {
  return 'id' in server ? server.id : undefined;
}
