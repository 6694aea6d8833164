import type { ShopEvent } from './event-log.ts';
import { explainEvent } from './event-words.ts';
import { type Html, html } from './html.ts';
import { clock } from './times.ts';

/** Renders the events of a session, latest first; undefined if no session was looked at. */
export function timeline(events: readonly ShopEvent[] | undefined, sessionId: string | undefined): Html {
  if (events === undefined) return html`<p>No session was looked at.</p>`;
  if (events.length === 0) return html`<p>None that this server process has seen of this session.</p>`;
  return html`<ol class="events">${events.map(
    (event) =>
      html`<li><p class="event-time">${clock(new Date(event.at))}</p><p><code>${event.type}</code> ${explainEvent(event, sessionId)}</p></li>`,
  )}</ol>`;
}
