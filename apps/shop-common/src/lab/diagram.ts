import { type Html, html } from '../html.ts';
import type { Performance } from './lab.ts';
import type { CookieChange, TraceCookie, TraceStep } from './trace.ts';

/** Draws what happened: a lane for each client, one for the shop and one for the store, and a row for each step. */
export function diagram({ clients, steps }: Pick<Performance, 'clients' | 'steps'>): Html {
  const lanes = [...clients, 'Shop', 'Store'];
  const places = new Map(lanes.map((lane, index) => [lane, index]));
  return html`<div class="diagram lanes-${lanes.length}">
<div class="lanes" aria-hidden="true">${lanes.map((lane) => html`<span>${lane}</span>`)}</div>
<ol class="steps">${steps.map((step) => row(step, places))}</ol>
</div>`;
}

type Places = ReadonlyMap<string, number>;

function row(step: TraceStep, places: Places): Html {
  switch (step.kind) {
    case 'request':
      return arrow({ from: step.client, to: 'Shop', kind: 'request' }, places, requestWords(step));
    case 'response':
      return arrow(
        {
          from: 'Shop',
          to: step.client,
          kind: step.isLost ? 'response lost' : `response ${mood(step.status)}`,
        },
        places,
        responseWords(step),
      );
    case 'write':
      return arrow(
        { from: 'Shop', to: 'Store', kind: step.isRemoval ? 'write removal' : 'write' },
        places,
        html`<span class="changes">${step.changes.map((change) => html`<span>${change}</span>`)}</span>`,
      );
    case 'store-failed':
      return arrow(
        { from: 'Shop', to: 'Store', kind: 'write lost' },
        places,
        html`<b>${step.operation} fails</b>`,
      );
    case 'waits':
      return html`<li class="step at-shop"><p class="label">the request of ${step.client} waits</p></li>`;
    case 'event':
      return html`<li class="step at-shop event"><p class="label"><code>${step.type}</code> ${step.words}</p></li>`;
    case 'note':
      return html`<li class="step note"><p class="label">${step.words}</p></li>`;
  }
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

/** Renders an arrow from lane to lane with its words. The lanes are drawn, so they are named for screen readers only. */
function arrow({ from, to, kind }: Arrow, places: Places, words: Html): Html {
  const [start, end] = [places.get(from) ?? 0, places.get(to) ?? 0];
  const [left, right] = start < end ? [start, end] : [end, start];
  return html`<li class="step ${kind} ${start < end ? 'rightwards' : 'leftwards'} between-${left}-${right}">
<p class="label"><span class="aside">${from} to ${to}: </span>${words}</p><span class="line"></span></li>`;
}

function requestWords({ method, path, cookies }: Extract<TraceStep, { kind: 'request' }>): Html {
  const shown = path.startsWith('/orders/') ? '/orders/…' : path;
  return html`<b>${method} ${shown}</b> <small>${cookies.length === 0 ? 'no cookie' : cookieList(cookies)}</small>`;
}

function responseWords({ status, outcome, cookie, isLost }: Extract<TraceStep, { kind: 'response' }>): Html {
  const shown = outcome.startsWith('to /orders/') ? 'to /orders/…' : outcome;
  return html`<b>${status}</b> ${shown} <small>${cookieWords(cookie)}${isLost && html` <b class="lost-mark">lost</b>`}</small>`;
}

function cookieWords(cookie: CookieChange): Html | undefined {
  if (cookie === undefined) return undefined;
  return cookie === 'cleared' ? html`clears the cookie` : html`sets ${cookieList(cookie.set)}`;
}

function cookieList(cookies: readonly TraceCookie[]): Html {
  return html`${cookies.map(
    ({ letter, isBound }, index) =>
      html`${index > 0 && ', '}<span class="unbroken">${isBound && 'bound '}cookie ${cookieName(letter)}</span>`,
  )}`;
}

function cookieName(letter: string): Html {
  return html`<span class="cookie cookie-${letter.toLowerCase()}">${letter}</span>`;
}

function mood(status: number): 'good' | 'refused' | 'failed' {
  if (status < 400) return 'good';
  return status < 500 ? 'refused' : 'failed';
}
