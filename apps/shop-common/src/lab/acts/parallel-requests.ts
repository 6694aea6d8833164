import type { Act } from '../act.ts';
import { cartOf } from '../robin.ts';

/** Two tabs change one cart at the same time. */
export const parallelRequests: Act = {
  name: 'parallel-requests',
  title: 'Two parallel requests',
  plot: 'Two tabs of one browser each add something to the cart. Both requests have loaded the session before either of them changes it.',
  lesson:
    'A library that saves the whole session at the end of each request would keep one of the two changes: the second save overwrites the first. Here, update() changes the record in one step, and only if it is still the record that was read. If not, the change is repeated on the newer one. Changes that meet in one process may share one write.',
  async play(stage) {
    const first = stage.browser('Tab 1');
    await first.post('/cart', { sku: 'fell-parka', quantity: '1' });
    const second = first.tab('Tab 2');
    const gate = stage.gate(2);
    const both = Promise.all([
      first.post('/cart', { sku: 'fell-parka', quantity: '1' }, { gate }),
      second.post('/cart', { sku: 'heron-scarf', quantity: '1' }, { gate }),
    ]);
    await Promise.race([gate.full, both]);
    stage.note('Both have loaded the same session. Now both go on.');
    gate.open();
    const responses = await both;
    const cart = await cartOf(first);
    return [
      {
        words: 'Both requests succeeded.',
        holds: responses.every(({ status }) => status === 303),
      },
      {
        words: 'Both changes are in the cart: two parkas and one scarf.',
        holds: cart.get('fell-parka') === 2 && cart.get('heron-scarf') === 1,
      },
    ];
  },
};
