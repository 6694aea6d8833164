import type { Act } from '../act.ts';
import { cartOf, signInRobin } from '../robin.ts';

/** The store fails for a while. */
export const storeOutage: Act = {
  name: 'store-outage',
  title: 'A store outage',
  plot: 'Robin is signed in and has a gilet in the cart. Then the store of the sessions goes down for a while.',
  lesson:
    'A store that does not respond is an error with status 503, and never “no session”. So nobody is signed out, no cookie is replaced or cleared, and no empty cart takes the place of a full one. Visitors without a cookie need no store, so they can still browse.',
  async play(stage) {
    const robin = stage.browser('Robin');
    const visitor = stage.browser('Visitor');
    await signInRobin(robin);
    await robin.post('/cart', { sku: 'lichen-gilet', quantity: '1' });
    stage.breakStore();
    const failed = [
      await robin.get('/cart'),
      await robin.post('/cart', { sku: 'lichen-gilet', quantity: '1' }),
    ];
    const catalogue = await visitor.get('/');
    const help = await robin.get('/help');
    stage.mendStore();
    const account = await robin.get('/account');
    const cart = await cartOf(robin);
    return [
      {
        words: 'Robin got an error, and not an empty cart.',
        holds: failed.every(({ status }) => status === 503),
      },
      {
        words: 'No response touched the cookie.',
        holds: failed.every(({ setCookies }) => setCookies.length === 0),
      },
      {
        words: 'Pages that need no session were served.',
        holds: catalogue.status === 200 && help.status === 200,
      },
      {
        words: 'Afterwards Robin was signed in, with one gilet in the cart.',
        holds: account.status === 200 && cart.get('lichen-gilet') === 1,
      },
    ];
  },
};
