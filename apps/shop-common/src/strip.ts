import type { SessionEvent } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import type { SessionFacts, StripFacts } from './strip-facts.ts';
import { clock, deadline, lengthOf } from './times.ts';
import type { Site } from './view.ts';

/** Renders what the server holds about the visitor. */
export function strip(facts: StripFacts, site: Site): Html {
  return html`<aside class="strip" aria-labelledby="strip-title" data-now="${facts.now.toISOString()}">
<div class="strip-inner">
<header>
<h2 id="strip-title">What the server holds about you</h2>
<p class="strip-lead">Your browser keeps a token. Everything else is stored on the server. <a href="${site.link('/help')}#strip">What is this?</a></p>
</header>
${facts.session === undefined ? noSession(facts) : sessionFacts(facts.session, site)}
</div>
</aside>`;
}

function noSession({ ended }: StripFacts): Html {
  const first = html`<strong>Nothing.</strong> Browsing creates no session, sets no cookie and makes no store call. Adding a product to the cart or signing in creates a session.`;
  if (ended === undefined) return html`<p class="strip-nothing">${first}</p>`;
  return html`<p class="strip-nothing"><strong>No session.</strong> Your browser sent a token that opens no session: <code>${ended}</code>. ${ended === 'finished' ? 'Only the receipt is left, which shows your order. ' : ''}Adding a product to the cart starts a new session.</p>`;
}

function sessionFacts(session: SessionFacts, { settings }: Site): Html {
  const { id, userId, createdAt, idleDeadline, absoluteDeadline, record, events } = session;
  return html`<dl class="strip-facts">
<div class="strip-broad"><dt>Session ID</dt><dd><code>${id}</code><small>Identifies the session. It opens nothing, so it may be shown and logged.</small></dd></div>
<div><dt>Ends if unused</dt><dd>${deadline(idleDeadline)}${meter('Time left unless it is used', idleDeadline, settings.idleTimeout)}<small>Each use extends it to ${lengthOf(settings.idleTimeout)} from then.</small></dd></div>
<div><dt>Ends at the latest</dt><dd>${deadline(absoluteDeadline)}${meter('Time left at most', absoluteDeadline, settings.absoluteTimeout)}<small>Only signing in changes it.</small></dd></div>
<div><dt>Signed in</dt><dd>${userId === undefined ? 'nobody' : html`<code>${userId}</code>`}<small>Created at ${clock(createdAt)}</small></dd></div>
<div><dt>Record</dt><dd>${record === undefined ? 'none' : html`version <code>${record.version}</code>`}<small>${record === undefined ? '' : `${record.bytes} bytes. A change is written only if the version is still the one that was read.`}</small></dd></div>
<div class="strip-token"><dt>Token</dt><dd>not stored<small>The record contains only the SHA-256 of its secret.</small></dd></div>
<div class="strip-events"><dt>Last events</dt><dd>${events.length === 0 ? html`<small>This server process has seen none.</small>` : html`<ol>${events.map((event) => eventLine(event, id))}</ol>`}</dd></div>
</dl>`;
}

/** Renders a bar that empties as the deadline approaches. Without scripts it shows the state when the page was rendered. */
function meter(label: string, end: Date, length: number): Html {
  const left = Math.max(0, end.getTime() - Date.now());
  return html`<progress aria-label="${label}" max="${length}" value="${Math.min(left, length)}" data-ends="${end.toISOString()}"></progress>`;
}

function eventLine(event: SessionEvent, sessionId: string): Html {
  const time = clock(new Date(event.at));
  return html`<li>${time} <code>${event.type}</code> <span>${explain(event, sessionId)}</span></li>`;
}

function explain(event: SessionEvent, sessionId: string): string {
  switch (event.type) {
    case 'granted':
      return 'the session was created and its first token sent';
    case 'signed-in':
      return 'signed in with a new secret; the old token no longer works';
    case 'renewed':
      return 'a new token was sent to your browser';
    case 'confirmed':
      return 'your browser used the new token; the old one is retired';
    case 'reissued':
      return 'the new token was sent again';
    case 'recovered':
      return 'your browser came back with the old token after a crash; the new one was sent again';
    case 'reused':
      return 'a retired token was presented';
    case 'touched':
      return 'the idle deadline was extended';
    case 'finished':
      return event.successorId === sessionId
        ? 'the previous session became an order; this one keeps you signed in'
        : 'the session became an order';
    case 'destroyed':
      return 'the session was ended from its own browser';
    case 'revoked':
      return 'the session was ended from elsewhere';
    case 'expired':
      return `its ${event.reason} timeout passed`;
    case 'refused':
      return `a token opened no session: ${event.reason}`;
    case 'client-changed':
      return `a different ${event.changes.join(' and ')}${event.refused ? '; refused' : ''}`;
    case 'call-failed':
      return `${event.call} failed: ${event.code ?? 'an error of the app'}`;
    case 'conflict':
      return 'two changes collided; the second one was retried';
    case 'warning':
      return event.message;
    case 'store-failed':
      return `the store failed during a ${event.operation}`;
  }
}
