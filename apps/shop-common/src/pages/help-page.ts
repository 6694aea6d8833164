import { type Html, html } from '../html.ts';
import type { Settings } from '../settings.ts';
import { lengthOf } from '../times.ts';
import type { View } from '../view.ts';

/** Explains the demo: its settings, Safari and the strip. It depends on no session, so it is there while the store is down. */
export function helpPage(settings: Settings): View {
  const list = switches(settings);
  return {
    status: 200,
    title: 'Help and settings',
    main: () => html`<div class="prose">
<h1>Help and settings</h1>
<section aria-labelledby="cookies">
<h2 id="cookies">The browser does not keep the cart</h2>
<p>The cart is kept in a session, and the browser has to send the session’s cookie with each request. It does not if it blocks cookies, or if you opened the shop by plain HTTP at the address of a machine: browsers keep a <code>Secure</code> cookie only over HTTPS and on <code>localhost</code>. Open the shop at <code>http://localhost</code>, serve it over HTTPS, or start it with <code>COOKIE=development</code>.</p>
</section>
<section aria-labelledby="safari">
<h2 id="safari">Safari does not keep the cart</h2>
<p>The session’s cookie is <code>__Host-session</code>, and it is <code>Secure</code>. Chromium, Firefox and curl accept such a cookie from <code>http://localhost</code>; Safari does not. For Safari, start the shop with a cookie without <code>Secure</code>:</p>
<pre><code>COOKIE=development npm start</code></pre>
<p>This is rejected if <code>NODE_ENV</code> is <code>production</code>, because such a cookie also travels over unencrypted connections. Over HTTPS, Safari accepts the <code>Secure</code> cookie.</p>
</section>
<section aria-labelledby="switches">
<h2 id="switches">Settings</h2>
<p>Set these environment variables before the command, for example <code>IDLE_TIMEOUT=20s npm start</code>.</p>
<dl class="switches">${list.map(switchItem)}</dl>
</section>
<section aria-labelledby="network">
<h2 id="network">What <code>CLIENT_CHECK</code> compares</h2>
<p>Each request’s network (the first 24 bits of an IPv4 address, 56 of IPv6) and browser family are compared with those stored in the session. With <code>report</code>, a difference is reported and the request is served. With <code>refuse</code>, the request gets no session.</p>
<ul>
<li><strong>Behind a NAT</strong>, a whole office has one address. The check cannot distinguish its people, and catches no thief among them.</li>
<li><strong>With several routes</strong>, one honest browser uses several networks: Wi-Fi and mobile, IPv4 and IPv6, or the many addresses of a large provider’s NAT. With <code>refuse</code>, it is refused on each new network.</li>
<li><strong>Behind a proxy</strong>, everyone has the proxy’s address until you configure the framework to trust the proxy.</li>
</ul>
<p>So <code>report</code> suits most shops: a difference is a reason to ask for the password before a sensitive action, but rarely a reason to sign someone out.</p>
</section>
<section aria-labelledby="query">
<h2 id="query">What <code>TRANSPORT=query</code> risks</h2>
<p>For browsers without cookies, the token travels in each link and form. URLs are logged, shared and bookmarked, and anyone who has the URL can act as the visitor. Use it to see how it works, not in a real shop.</p>
</section>
<section aria-labelledby="strip">
<h2 id="strip">The strip: what the server holds</h2>
<p>The line at the bottom of each page says what the server knows of your session, and opens a panel. It tells the truth on every page: if the store does not respond, it says that the server could not look, and on a page that does not depend on the session, such as this one, that nothing was looked up.</p>
<p><strong>Your browser</strong> keeps a token: the session ID, followed by a secret. The ID identifies the session and opens nothing, so pages and logs may show it. The secret is hidden: only your browser has it, and the server stores only its SHA-256. A copy of the database opens no session.</p>
<p><strong>The server</strong> keeps one record for each session, with the data, the user and the deadlines. The session ends at the earlier of its two deadlines. Each change writes the record in one step, and only if nobody else has changed it since it was read. That is why two tabs never lose each other’s changes, and why a cart becomes exactly one order.</p>
<p><strong>The generation</strong> counts how often every earlier token was made worthless: by a sign-in, for example. A slow request of an earlier generation changes nothing more.</p>
</section>
</div>`,
    json: { switches: Object.fromEntries(list.map(({ name, now }) => [name, now ?? null])) },
  };
}

interface Switch {
  readonly name: string;
  readonly choices: string;
  readonly text: string;
  /** The current value, if it may be shown. */
  readonly now?: string;
}

function switches(settings: Settings): readonly Switch[] {
  const { clientCheck, transport, plainCookie, idleTimeout, absoluteTimeout } = settings;
  return [
    { name: 'PORT', choices: '3000', text: 'The port of the shop.' },
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
      text: 'Ends a session however much it is used.',
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
      text: 'Carries the token in links and forms, for browsers without cookies.',
      now: transport,
    },
    {
      name: 'COOKIE',
      choices: 'host, development',
      text: 'A cookie without Secure, for Safari on http://localhost.',
      now: plainCookie ? 'development' : 'host',
    },
    {
      name: 'STRIP',
      choices: 'on, off',
      text: 'Shows on each page what the browser and the server hold.',
      now: settings.strip ? 'on' : 'off',
    },
    {
      name: 'REDIS_URL',
      choices: 'redis://…, or several separated by commas for a cluster',
      text: 'Stores the Koa shop’s sessions in Redis. The other shops ignore it.',
      now: settings.redisUrls.length === 0 ? 'not set' : 'set',
    },
  ];
}

function switchItem({ name, choices, text, now }: Switch): Html {
  return html`<div class="switch"><dt><code>${name}</code></dt><dd>${text}<small>${choices}${now !== undefined && html`. Now: <strong>${now}</strong>`}</small></dd></div>`;
}
