import { equal, match } from 'node:assert/strict';

/** Visits a quick start as a browser does: opens the page, sends its form, and follows the redirect with the cookie. */
export async function visit(origin: string): Promise<void> {
  const stranger = await fetch(origin);
  equal(stranger.status, 200, await stranger.clone().text());
  match(await stranger.text(), />0 coats in your cart /);
  equal(stranger.headers.get('set-cookie'), null);
  match(stranger.headers.get('content-type') ?? '', /^text\/html/);

  const added = await fetch(origin, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      origin,
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
    },
    body: '',
  });
  equal(added.status, 303, await added.clone().text());
  const [header = ''] = added.headers.getSetCookie();
  match(header, /^__Host-session=[\w-]{65}; /);

  const [cookie = ''] = header.split(';', 1);
  const page = await fetch(new URL(added.headers.get('location') ?? '', origin), { headers: { cookie } });
  match(await page.text(), />1 coats in your cart /);
}
