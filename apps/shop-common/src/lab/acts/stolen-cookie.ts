import type { Act } from '../act.ts';
import { signInRobin } from '../robin.ts';

/** A thief uses a copy of a customer's cookie. */
export const stolenCookie: Act = {
  name: 'stolen-cookie',
  title: 'A stolen cookie',
  plot: 'A thief copies Robin’s cookie, and uses it in another browser. Robin goes on shopping and knows nothing of it.',
  lesson:
    'At first a copy is as good as the original: no server can tell them apart by the cookie alone. But the library renews the secret of a session in use every 15 minutes. As soon as Robin’s browser has used the new one, the old one is retired. If it is presented later, from a browser that looks different, it must have been stolen. The server cannot know which of the two is the owner, so the session ends for both.',
  async play(stage) {
    const robin = stage.browser('Robin');
    const thief = stage.browser('Thief', 'other');
    await signInRobin(robin);
    thief.steal(robin);
    stage.note('The thief copies the cookie');
    const copied = await thief.get('/account');
    stage.pass(16);
    const renewed = await robin.get('/');
    await robin.get('/cart');
    stage.pass(2);
    const refused = await thief.get('/account');
    const ended = await robin.get('/account');
    stage.note('Robin signs in again');
    await signInRobin(robin);
    const again = await robin.get('/account');
    const late = await thief.get('/account');
    const isCheckedAtOnce = copied.status !== 200;
    return [
      {
        words: isCheckedAtOnce
          ? 'The check of the client refused the copy at once.'
          : 'At first the copy opened Robin’s account, too.',
        holds: copied.status === 200 || copied.status === 401,
      },
      { words: 'Robin’s browser got a new cookie after 15 minutes.', holds: renewed.setCookies.length === 1 },
      {
        words: 'Then the copy opened nothing.',
        holds: refused.status === 401 && late.status === 401,
      },
      {
        words: isCheckedAtOnce
          ? 'Robin’s session went on.'
          : 'The theft was noticed, and the session ended for both.',
        holds: isCheckedAtOnce ? ended.status === 200 : ended.status === 401,
      },
      { words: 'Robin signed in again, and the copy stayed worthless.', holds: again.status === 200 },
    ];
  },
};
