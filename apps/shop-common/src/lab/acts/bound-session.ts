import type { Act } from '../act.ts';
import { signInRobin } from '../robin.ts';

/** A thief uses copies of the cookies of a session that is bound to a device. */
export const boundSession: Act = {
  name: 'bound-session',
  title: 'A stolen cookie of a bound session',
  plot: 'Robin’s browser binds the session to a key of the device. A thief copies the cookie of the session, then both cookies, and uses them in a browser that looks the same.',
  lesson:
    'A bound session needs a second cookie, which lives for 10 minutes. To earn the next one, the browser signs a challenge with a key that stays on the device. So the cookie of the session alone opens nothing. With both cookies the thief acts as Robin until the second one has expired, and no longer, since a thief cannot sign. Robin’s session goes on. In this act WebCrypto makes the key, since browsers bind sessions over HTTPS only. The minutes pass for the requests of this act only: the clock of the sessions is ahead while the shop handles them.',
  async play(stage) {
    const robin = stage.browser('Robin');
    const thief = stage.browser('Thief');
    const signedIn = await signInRobin(robin);
    stage.note('Robin’s browser makes a key and registers it');
    const device = await robin.makeDevice();
    await device.register(signedIn);
    await robin.get('/account');
    stage.pass(2);
    stage.note('The thief copies the cookie of the session alone');
    thief.steal(robin, 'session');
    const alone = await thief.get('/account');
    stage.note('The thief copies both cookies');
    thief.steal(robin);
    const early = await thief.get('/account');
    stage.pass(7);
    stage.note('Robin’s browser proves that it has the key');
    const proved = await device.prove();
    const late = await thief.get('/account');
    stage.pass(3);
    const expired = await thief.get('/account');
    const account = await robin.get('/account');
    return [
      { words: 'The cookie of the session alone opened nothing.', holds: alone.status === 401 },
      {
        words: 'Both cookies opened Robin’s account until the second one had expired.',
        holds: early.status === 200 && late.status === 200,
      },
      {
        words: 'Robin’s browser proved that it has the key, and got a new second cookie.',
        holds: proved.status === 200 && proved.setCookies.length === 1,
      },
      { words: 'Then the copies opened nothing.', holds: expired.status === 401 },
      { words: 'Robin’s session went on, without another sign-in.', holds: account.status === 200 },
    ];
  },
};
