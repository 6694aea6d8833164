import type { SessionEvent } from '@coatcheck/core';
import { type Html, html } from './html.ts';
import type { SessionFacts, StripFacts } from './strip-facts.ts';
import { clock, deadline, lengthOf } from './times.ts';
import type { Site } from './view.ts';

/** Shows what the server holds about the visitor. */
export function strip(facts: StripFacts, site: Site): Html {
  return html`<aside class="strip" aria-labelledby="strip-title" data-now="${facts.now.toISOString()}">
<div class="strip-inner">
<header>
<h2 id="strip-title">What the server holds about you</h2>
<p class="strip-lead">Your browser keeps a token. Everything else is here, behind the counter. <a href="${site.link('/help')}#strip">What is this?</a></p>
</header>
${facts.session === undefined ? nothing(facts) : held(facts.session, site)}
</div>
</aside>`;
}

function nothing({ ended }: StripFacts): Html {
  const first = html`<strong>Nothing.</strong> Looking around makes no session, sets no cookie and asks the store nothing. Putting a coat in the cart, or signing in, does.`;
  if (ended === undefined) return html`<p class="strip-nothing">${first}</p>`;
  return html`<p class="strip-nothing"><strong>No session.</strong> Your browser presented a token, and it opens nothing: <code>${ended}</code>. ${ended === 'finished' ? 'Only its receipt is left, which shows you your order. ' : ''}The next thing you put in the cart starts a new session.</p>`;
}

function held(session: SessionFacts, { settings }: Site): Html {
  const { id, userId, createdAt, idleDeadline, absoluteDeadline, record, events } = session;
  return html`<dl class="strip-facts">
<div class="strip-broad"><dt>Session ID</dt><dd><code>${id}</code><small>Names the session. Opens nothing, so it may be shown and logged.</small></dd></div>
<div><dt>Ends if unused</dt><dd>${deadline(idleDeadline)}${meter('Time left unless it is used', idleDeadline, settings.idleTimeout)}<small>Each use moves it on, to ${lengthOf(settings.idleTimeout)} later.</small></dd></div>
<div><dt>Ends in any case</dt><dd>${deadline(absoluteDeadline)}${meter('Time left in any case', absoluteDeadline, settings.absoluteTimeout)}<small>Nothing moves it but signing in.</small></dd></div>
<div><dt>Signed in</dt><dd>${userId === undefined ? 'nobody' : html`<code>${userId}</code>`}<small>Granted at ${clock(createdAt)}</small></dd></div>
<div><dt>Record</dt><dd>${record === undefined ? 'gone' : html`version <code>${record.version}</code>`}<small>${record === undefined ? '' : `${record.bytes} bytes. Each change needs the version that it read.`}</small></dd></div>
<div class="strip-token"><dt>Token</dt><dd>not kept<small>The record holds only its secret’s SHA-256.</small></dd></div>
<div class="strip-events"><dt>Last events</dt><dd>${events.length === 0 ? html`<small>None that this server process has seen.</small>` : html`<ol>${events.map((event) => eventLine(event, id))}</ol>`}</dd></div>
</dl>`;
}

/** A bar that empties as the deadline comes near. Without a script it shows how things stood when the page was made. */
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
      return 'ID and secret drawn, the first token sent';
    case 'signed-in':
      return 'a new secret; the token from before is dead';
    case 'renewed':
      return 'a new secret is on its way to your browser';
    case 'confirmed':
      return 'your browser presented the new token; the old one is retired';
    case 'reissued':
      return 'the new token was sent once more';
    case 'reused':
      return 'a retired token was presented';
    case 'touched':
      return 'the idle deadline moved on';
    case 'finished':
      return event.successorId === sessionId
        ? 'the session before became an order; this one carries you on'
        : 'the session became an order';
    case 'destroyed':
      return 'its owner ended it';
    case 'revoked':
      return 'somebody else ended it';
    case 'expired':
      return `its ${event.reason} timeout passed`;
    case 'refused':
      return `a token opened nothing: ${event.reason}`;
    case 'client-changed':
      return `another ${event.changes.join(' and ')}${event.refused ? '; refused' : ''}`;
    case 'conflict':
      return 'two writers met; the second read again and repeated';
    case 'store-failed':
      return `the store failed in a ${event.operation}`;
  }
}
