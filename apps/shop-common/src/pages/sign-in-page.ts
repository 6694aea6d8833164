import { type Html, html } from '../html.ts';
import { endOf } from '../notice.ts';
import { DEMO_USERS, findUser } from '../users.ts';
import type { Site, View } from '../view.ts';
import type { ShopSession } from '../visitor.ts';

/** An error to show above the form. */
export interface SignInProblem {
  readonly code: string;
  readonly message: string;
  readonly email: string;
}

/** Shows the sign-in form and the demo accounts. */
export function signInPage(session: ShopSession | undefined, problem?: SignInProblem): View {
  return {
    status: problem === undefined ? 200 : 401,
    title: 'Sign in',
    explainsEnd: true,
    ...(problem !== undefined && { error: problem.code }),
    main: (site) => main(site, problem),
    json:
      problem === undefined
        ? { userId: session?.userId ?? null }
        : { error: { code: problem.code, message: problem.message } },
  };
}

function main(site: Site, problem: SignInProblem | undefined): Html {
  const end = endOf(site.session, site.settings);
  const present = findUser(site.session?.userId);
  return html`<div class="sign-in">
<section>
<h1>${end?.title ?? 'Sign in'}</h1>
${end !== undefined && html`<p>${end.words} Sign in to continue.</p>`}
${problem !== undefined && !(end !== undefined && problem.code === 'not-signed-in') && html`<p class="problem" role="alert" id="problem">${problem.message}</p>`}
${present !== undefined && html`<p class="notice">You are signed in as ${present.name}. Signing in as another user ends that session and starts an empty one.</p>`}
${site.form(
  '/sign-in',
  html`<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${problem?.email ?? ''}"${problem?.code === 'wrong-password' && html` aria-describedby="problem"`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200">
<p class="check"><input id="remember" name="remember" type="checkbox" value="yes"><label for="remember">Remember me on this device</label></p>
<button class="primary">Sign in</button>`,
  'stack',
)}
</section>
<section class="demo" aria-labelledby="demo-title">
<h2 id="demo-title">Demo accounts</h2>
<p class="small">This is a demonstration, so the passwords are public.</p>
<ul>${DEMO_USERS.map(
    ({ name, email, password }) => html`<li>
<p><strong>${name}</strong><br><code>${email}</code><br><code>${password}</code></p>
${site.form('/sign-in', html`<input type="hidden" name="email" value="${email}"><input type="hidden" name="password" value="${password}"><button>Sign in as ${name}</button>`)}
</li>`,
  )}</ul>
</section>
</div>`;
}
