import type { Act } from '../act.ts';
import { signInRobin } from '../robin.ts';

/** A customer places an order, and the response gets lost. */
export const lostResponse: Act = {
  name: 'lost-response',
  title: 'A lost response',
  plot: 'Robin places an order. The shop places it, and the response gets lost on the way. Robin presses the button again, with the cookie from before.',
  lesson:
    'finish() ends the session and leaves the receipt in its record, in one step. Only one call of it is the first, so there is one order. A repeated request finds the receipt. It also finds the session that follows, and brings the cookie that got lost, so Robin stays signed in.',
  async play(stage) {
    const robin = stage.browser('Robin');
    await signInRobin(robin);
    await robin.post('/cart', { sku: 'moss-overcoat', quantity: '1' });
    const lost = await robin.post('/checkout', {}, { loses: true });
    stage.note('Robin presses the button again');
    const repeated = await robin.post('/checkout');
    const order = await robin.get(repeated.location);
    const account = await robin.get('/account');
    return [
      {
        words: 'Both requests led to the same order.',
        holds: repeated.location !== '' && repeated.location === lost.location && order.status === 200,
      },
      {
        words: 'The repeated response brought the very cookie that got lost.',
        holds: repeated.setCookies.length > 0 && repeated.setCookies[0] === lost.setCookies[0],
      },
      { words: 'Robin is still signed in.', holds: account.status === 200 },
    ];
  },
};
