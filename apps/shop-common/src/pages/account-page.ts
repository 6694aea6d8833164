import type { SessionSummary } from '@coatcheck/core';
import { money } from '../catalogue.ts';
import { type Html, html } from '../html.ts';
import type { Order } from '../orders.ts';
import { ago, moment } from '../times.ts';
import type { User } from '../users.ts';
import type { Site, View } from '../view.ts';
import type { ShopSession } from '../visitor.ts';

const BINDING_PAGE = 'https://github.com/coatcheck/coatcheck/blob/main/docs/device-binding.md';

/** The content of the account page. */
export interface Account {
  readonly user: User;
  readonly session: ShopSession;
  /** Every session of the user, as returned by `sessions.list`. */
  readonly summaries: readonly SessionSummary[];
  readonly orders: readonly Order[];
}

/** Shows the user, their sessions and their orders. */
export function accountPage({ user, session, summaries, orders }: Account): View {
  const now = new Date();
  const list = summaries
    .map((summary) => ({ ...summary, current: summary.id === session.id }))
    .sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
  return {
    status: 200,
    title: 'Account',
    main: (site) => html`<div class="account">
<h1>${user.name}</h1>
<p>${user.email}${session.signedInAt !== undefined && html`, signed in here since ${moment(session.signedInAt)}`}.</p>
${site.form('/sign-out', html`<button>Sign out of this device</button>`)}
${sessionList(list, now, site)}
${orderList(orders, site)}
</div>`,
    json: {
      userId: user.id,
      sessions: list.map(({ id, current, bound, createdAt, lastSeenAt }) => ({
        id,
        current,
        bound,
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
      })),
    },
  };
}

type Listed = SessionSummary & { readonly current: boolean };

function sessionList(list: readonly Listed[], now: Date, site: Site): Html {
  return html`<section aria-labelledby="sessions-title">
<h2 id="sessions-title">Where you are signed in</h2>
<p class="small">If you do not recognise one of these, sign it out. It ends at once.</p>
${canBind(site) && html`<p class="small">Over HTTPS, a browser with <a href="${BINDING_PAGE}">device-bound sessions</a> binds its session to the device, and a copy of its cookies stops working elsewhere within minutes.</p>`}
<ul class="sessions">${list.map((each) => sessionItem(each, now, site))}</ul>
${list.length > 1 && site.form('/account/sessions/revoke-others', html`<button>Sign out all other devices</button>`)}
</section>`;
}

function sessionItem(
  { id, current, bound, client, lastSeenAt, signedInAt, remembered }: Listed,
  now: Date,
  site: Site,
): Html {
  const device = [client.browser ?? 'Unknown browser', client.platform].filter((part) => part !== undefined);
  const name = device.join(' on ');
  return html`<li${current && html` class="current"`}>
<div class="device">
<h3>${name}${current && html` <span class="badge">This device</span>`}</h3>
<p class="small">Network ${networkName(client.network)} · last used ${current ? 'now' : ago(lastSeenAt, now)} · signed in ${moment(signedInAt)}${remembered && ' · remembered'}</p>
${canBind(site) && html`<p class="small">${bound ? `Bound to ${current ? 'this' : 'its'} device` : 'Not bound to a device'}</p>`}
<p class="small"><code>${id}</code></p>
</div>
${
  !current &&
  site.form(
    `/account/sessions/${id}/revoke`,
    html`<button class="quiet">Sign out<span class="aside"> ${name}, last used ${ago(lastSeenAt, now)}</span></button>`,
  )
}
</li>`;
}

/** Tells whether the shop offers browsers to bind a session. It can only where a cookie carries the token. */
function canBind({ settings }: Site): boolean {
  return settings.transport === 'cookie';
}

function networkName(network: string | undefined): string {
  if (network === undefined) return 'unknown';
  return network.startsWith('127.') || network.startsWith('::/') || network.startsWith('0:0:0:0:0:0:0:0/')
    ? 'of this computer'
    : network;
}

function orderList(orders: readonly Order[], site: Site): Html {
  const list =
    orders.length === 0
      ? html`<p>None yet.</p>`
      : html`<ul class="orders">${orders.map(
          ({ id, placedAt, total }) =>
            html`<li><p><a href="${site.link(`/orders/${id}`)}">${id}</a><br><span class="small">${moment(new Date(placedAt))}</span></p><span class="price">${money(total)}</span></li>`,
        )}</ul>`;
  return html`<section aria-labelledby="orders-title"><h2 id="orders-title">Your orders</h2>${list}</section>`;
}
