import { type Html, html } from '../html.ts';
import type { Settings } from '../settings.ts';
import { lengthOf } from '../times.ts';
import type { View } from '../view.ts';

/** Explains the demo: its switches, Safari, and the strip. */
export function helpPage(settings: Settings): View {
  const list = switches(settings);
  return {
    status: 200,
    title: 'Help and switches',
    main: () => html`<div class="prose">
<h1>Help and switches</h1>
<section aria-labelledby="safari">
<h2 id="safari">Safari does not keep the cart</h2>
<p>The session’s cookie is <code>__Host-session</code>, and it is <code>Secure</code>. Chromium, Firefox and curl accept such a cookie from <code>http://localhost</code>; Safari does not. Start the shop with a plain cookie instead:</p>
<pre><code>COOKIE=development npm start</code></pre>
<p>It is refused where <code>NODE_ENV</code> is <code>production</code>, since a plain cookie travels in clear text. Safari keeps the real one as soon as there is HTTPS.</p>
</section>
<section aria-labelledby="switches">
<h2 id="switches">Switches</h2>
<p>Put them before the command, for example <code>IDLE_TIMEOUT=20s npm start</code>.</p>
<dl class="switches">${list.map(switchItem)}</dl>
</section>
<section aria-labelledby="network">
<h2 id="network">What <code>CLIENT_CHECK</code> sees</h2>
<p>The sessions compare each request’s network (the first 24 bits of an IPv4 address, 56 of an IPv6 one) and browser family with those that the session remembers. <code>report</code> tells of a difference and serves; <code>refuse</code> opens nothing.</p>
<ul>
<li><strong>Behind one NAT</strong> a whole office has one address: the check cannot tell its people apart, and catches no thief among them.</li>
<li><strong>With several routes</strong>, by wireless and mobile network, by IPv4 and IPv6 in turn, or by a large provider’s NAT with many addresses, one honest browser shows several networks. Under <code>refuse</code> it is turned away with each new one.</li>
<li><strong>Behind a proxy</strong> everybody has the proxy’s address until the framework is told to trust it.</li>
</ul>
<p>So <code>report</code> suits most shops: a difference is a reason to ask for the password before something that matters, seldom a reason to throw somebody out.</p>
</section>
<section aria-labelledby="query">
<h2 id="query">What <code>TRANSPORT=query</code> risks</h2>
<p>For browsers without cookies the token travels in each link and form. Addresses are logged, shared and bookmarked, and whoever has the address is the visitor. Use it to see how it works, and not for a shop.</p>
</section>
<section aria-labelledby="strip">
<h2 id="strip">The strip at the foot</h2>
<p>It shows what the server holds about you. The <strong>session ID</strong> names the session and opens nothing. The <strong>token</strong> is the ID and a secret; your browser alone has it, and the server keeps only the secret’s SHA-256, so a copy of the database opens no session.</p>
<p>The session ends at the earlier of its two deadlines. Each change writes one record, in one step, under the version that it read: that is why two tabs never lose each other’s changes, and why an order is made once.</p>
</section>
</div>`,
    json: { switches: Object.fromEntries(list.map(({ name, now }) => [name, now ?? null])) },
  };
}

interface Switch {
  readonly name: string;
  readonly choices: string;
  readonly text: string;
  /** What it is set to, where that may be shown. */
  readonly now?: string;
}

function switches(settings: Settings): readonly Switch[] {
  const { clientCheck, transport, plainCookie, idleTimeout, absoluteTimeout } = settings;
  return [
    { name: 'PORT', choices: '3000', text: 'Where the shop listens.' },
    {
      name: 'DATA_DIR',
      choices: '.data',
      text: 'The directory of the database, with the sessions and the orders.',
    },
    {
      name: 'IDLE_TIMEOUT',
      choices: '30m',
      text: 'Ends a session that is not used. Set it to 20s and wait.',
      now: lengthOf(idleTimeout),
    },
    {
      name: 'ABSOLUTE_TIMEOUT',
      choices: '12h',
      text: 'Ends a session whatever its use.',
      now: lengthOf(absoluteTimeout),
    },
    {
      name: 'CLIENT_CHECK',
      choices: 'off, report, refuse',
      text: 'Compares each request’s network and browser with the session’s.',
      now: clientCheck,
    },
    {
      name: 'TRANSPORT',
      choices: 'cookie, query',
      text: 'Puts the token into links and forms, for browsers without cookies.',
      now: transport,
    },
    {
      name: 'COOKIE',
      choices: 'host, development',
      text: 'A plain cookie, for Safari on http://localhost.',
      now: plainCookie ? 'development' : 'host',
    },
    {
      name: 'STRIP',
      choices: 'on, off',
      text: 'Shows at the foot of each page what the server holds.',
      now: settings.strip ? 'on' : 'off',
    },
    {
      name: 'REDIS_URL',
      choices: 'redis://…, or several with commas for a cluster',
      text: 'Keeps the Koa shop’s sessions in Redis. The other shops do not ask for it.',
      now: settings.redisUrls.length === 0 ? 'not set' : 'set',
    },
  ];
}

function switchItem({ name, choices, text, now }: Switch): Html {
  return html`<div class="switch"><dt><code>${name}</code></dt><dd>${text}<small>${choices}${now !== undefined && html`. Now: <strong>${now}</strong>`}</small></dd></div>`;
}
