import { type Html, html } from './html.ts';
import type { RecordFacts } from './record-facts.ts';
import { clock, deadline, lengthOf, moment } from './times.ts';

/** Renders the record of a session as the server stores it. */
export function recordFacts(id: string, record: RecordFacts, now: Date): Html {
  const { generation, hash, user, bytes, createdAt, lastUsedAt, idleDeadline, absoluteDeadline } = record;
  const start = user?.signedInAt ?? createdAt;
  return html`<dl class="facts-list">
<div><dt>Session ID</dt><dd><code>${id}</code></dd></div>
<div><dt>Token</dt><dd>Not stored<small>Only the SHA-256 of its secret is: <code>${hash}…</code></small></dd></div>
<div><dt>User</dt><dd>${user === undefined ? 'Nobody is signed in' : html`<code>${user.id}</code>${user.remembered && ', remembered'}`}<small>The session began ${moment(createdAt)}.</small></dd></div>
<div><dt>Generation</dt><dd>${generation}<small>Each sign-in raises it. Tokens and requests of an earlier generation are refused.</small></dd></div>
<div><dt>Ends if unused</dt><dd>${deadline(idleDeadline)}${meter('Time left unless it is used', { from: lastUsedAt, until: idleDeadline, now })}<small>Use extends it to ${lengthOf(idleDeadline.getTime() - lastUsedAt.getTime())} from then.</small></dd></div>
<div><dt>Ends at the latest</dt><dd>${deadline(absoluteDeadline)}${meter('Time left at most', { from: start, until: absoluteDeadline, now })}<small>Only signing in changes it.</small></dd></div>
<div><dt>Device</dt><dd>${bindingFacts(record)}</dd></div>
</dl>
<h3>The data</h3>
<pre class="data"><code>${pretty(record.data)}</code></pre>
<p class="strip-note">The whole record has ${bytes} bytes. Each change writes it in one step, and only if nobody else has changed it since it was read.</p>`;
}

/** Tells whether a copy of the cookies would be worth anything on another device. */
function bindingFacts({ binding, user }: Pick<RecordFacts, 'binding' | 'user'>): Html {
  if (binding === undefined) {
    return html`Not bound<small>${user === undefined ? 'A sign-in may offer it to the browser.' : 'The sign-in did not offer it to the browser.'}</small>`;
  }
  const { isRegistered, boundAt, cookieUntil } = binding;
  if (!isRegistered) {
    return html`Not bound<small>The sign-in offered it, and the browser has registered no key.</small>`;
  }
  if (boundAt === undefined) {
    return html`Not bound yet<small>The browser has registered a key. The session is bound with the first request that brings the cookie for it.</small>`;
  }
  return html`Bound since ${moment(boundAt)}<small>The bound cookie expires at ${cookieUntil && clock(cookieUntil)}. For the next one, the browser must prove that it has the key.</small>`;
}

interface Span {
  readonly from: Date;
  readonly until: Date;
  readonly now: Date;
}

/** Renders a bar that empties as the deadline approaches. Without scripts it shows the state when the page was rendered. */
function meter(label: string, { from, until, now }: Span): Html {
  const length = Math.max(1, until.getTime() - from.getTime());
  const left = Math.min(length, Math.max(0, until.getTime() - now.getTime()));
  return html`<progress aria-label="${label}" max="${length}" value="${left}" data-ends="${until.toISOString()}"></progress>`;
}

function pretty(json: string): string {
  const data: unknown = JSON.parse(json);
  return JSON.stringify(data, undefined, 2);
}
