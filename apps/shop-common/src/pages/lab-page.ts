import { type Html, html } from '../html.ts';
import type { Act, Claim } from '../lab/act.ts';
import { ACTS } from '../lab/acts.ts';
import { diagram } from '../lab/diagram.ts';
import type { Performance } from '../lab/lab.ts';
import type { Site, View } from '../view.ts';

/** Lists the acts of the lab. */
export function labPage(): View {
  return {
    status: 200,
    title: 'The lab',
    main: (site) => html`<div class="lab">
<div class="hero">
<h1>The lab</h1>
<p>What goes wrong on the web, acted out. Each act sends real requests to this shop, and draws what happened.</p>
</div>
<ul class="acts">${ACTS.map((act) => card(act, site))}</ul>
<p class="small">The lab’s browsers have cookies of their own, so your session is not touched. It is closed if <code>NODE_ENV</code> is <code>production</code>.</p>
</div>`,
    json: { acts: ACTS.map(({ name, title }) => ({ name, title })) },
  };
}

function card(act: Act, site: Site): Html {
  return html`<li class="act">
<h2><a href="${site.link(pathOf(act))}">${act.title}</a></h2>
<p>${act.plot}</p>
${playForm(act, site, html`Play<span class="aside"> “${act.title}”</span>`)}
</li>`;
}

/** Shows one act, and what happened if it was played. */
export function actPage(act: Act, performance?: Performance): View {
  return {
    status: 200,
    title: act.title,
    main: (site) => html`<div class="lab">
<p class="back"><a href="${site.link('/lab')}">The lab</a></p>
<h1>${act.title}</h1>
<p class="plot">${act.plot}</p>
${playForm(act, site, performance === undefined ? html`Play` : html`Play again`)}
${performance !== undefined && outcome(act, performance)}
</div>`,
    json: {
      title: act.title,
      ...(performance !== undefined && {
        claims: performance.claims.map(({ words, holds }) => ({ words, holds })),
      }),
    },
  };
}

function outcome({ lesson }: Act, { clients, steps, claims }: Performance): Html {
  return html`<section aria-labelledby="outcome">
<h2 id="outcome">What came of it</h2>
<ul class="claims">${claims.map(claimItem)}</ul>
</section>
<section aria-labelledby="happened">
<h2 id="happened">What happened</h2>
${diagram({ clients, steps })}
</section>
<section class="lesson" aria-labelledby="why">
<h2 id="why">Why</h2>
<p>${lesson}</p>
</section>`;
}

function claimItem({ words, holds }: Claim): Html {
  return html`<li class="${holds ? 'holds' : 'fails'}"><span class="aside">${holds ? 'True' : 'Not true'}: </span>${words}</li>`;
}

function playForm(act: Act, site: Site, label: Html): Html {
  return site.form(pathOf(act), html`<button class="primary">${label}</button>`);
}

function pathOf({ name }: Act): string {
  return `/lab/${name}`;
}
