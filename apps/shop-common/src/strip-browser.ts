import type { SentToken } from './browser-facts.ts';
import { type Html, html } from './html.ts';
import type { ServerFacts, StripFacts } from './strip-facts.ts';

const MASK = '•'.repeat(10);

/** Renders what the browser keeps: the token without its secret, and the attributes of the cookie. */
export function browserColumn({ browser, server }: StripFacts): Html {
  const { name, attributes, sent } = browser;
  return html`<dl class="facts-list">
<div><dt>Sent with this request</dt><dd>${sent === undefined ? html`No ${attributes.length > 0 ? 'cookie' : 'token'} <code>${name}</code>` : sentToken(name, sent)}</dd></div>
${nextToken(server, sent)}
</dl>
${attributes.length > 0 ? attributeList(attributes, { isSent: sent !== undefined, isKnown: server.kind === 'session' }) : html`<p class="strip-note">Links and forms carry the token, for browsers without cookies.</p>`}
${isBound(server) && html`<p class="strip-note">A second cookie, <code>${name}-device</code>, comes from the last proof that the browser has the key.</p>`}`;
}

function isBound(server: ServerFacts): boolean {
  return server.kind === 'session' && server.record.binding?.boundAt !== undefined;
}

function sentToken(name: string, { sessionId, length }: SentToken): Html {
  if (sessionId === undefined) {
    return html`<code>${name}</code> with ${length} characters that are not a token`;
  }
  return html`<code class="token">${name}=<b>${sessionId}</b><span aria-label="hidden">${MASK}</span></code>
<small>The session ID identifies the session and opens nothing. The secret behind it is hidden here: only your browser has it.</small>`;
}

/** Tells of the token that the response brings, if it belongs to another session than the one that was sent. */
function nextToken(server: ServerFacts, sent: SentToken | undefined): Html | undefined {
  if (server.kind !== 'session') return undefined;
  if (server.id !== sent?.sessionId) {
    return html`<div><dt>Set by this response</dt><dd><code class="token"><b>${server.id}</b><span aria-label="hidden">${MASK}</span></code></dd></div>`;
  }
  if (!server.record.isRenewing) return undefined;
  return html`<div><dt>Renewal</dt><dd>A new token is on its way. The old one works until your browser has used the new one.</dd></div>`;
}

/** Lists the attributes. How long a cookie is kept depends on the sign-in, so without a look at the session it is not known. */
function attributeList(
  attributes: readonly string[],
  { isSent, isKnown }: { readonly isSent: boolean; readonly isKnown: boolean },
): Html {
  const isUnkept = (isKnown || !isSent) && !attributes.some((each) => each.startsWith('Max-Age'));
  return html`<h3>${isSent || isKnown ? 'The cookie' : 'The cookie that a session would set'}</h3>
<dl class="attributes">${attributes.map((each) => html`<div><dt><code>${each}</code></dt><dd>${explainAttribute(each)}</dd></div>`)}${isUnkept && html`<div><dt>no <code>Max-Age</code></dt><dd>goes when the browser closes</dd></div>`}</dl>`;
}

function explainAttribute(attribute: string): string {
  switch (attribute.split('=')[0]) {
    case 'Path':
      return 'sent with every path of this host';
    case 'HttpOnly':
      return 'scripts cannot read it';
    case 'Secure':
      return 'sent over HTTPS only, and to localhost';
    case 'SameSite':
      return 'not sent with posts from other sites';
    case 'Max-Age':
      return 'kept when the browser closes, for so many seconds';
    default:
      return '';
  }
}
