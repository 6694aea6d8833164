import type { Act } from '../act.ts';
import { signInRobin } from '../robin.ts';

/** A slow request goes on after the customer has signed out. */
export const slowRequest: Act = {
  name: 'slow-request',
  title: 'A slow request after sign-out',
  plot: 'Robin adds a coat in one tab. The request has loaded the session, and then takes its time. Meanwhile Robin signs out in another tab. Then the slow request goes on.',
  lesson:
    'A library that saves the session at the end of the request would write it back, and Robin would be signed in again. Here a change needs the record that the request has read. The record is gone, so the change fails with ERR_SESSION_ENDED, and the response is a page with status 409. What has ended never comes back.',
  async play(stage) {
    const slow = stage.browser('Tab 1');
    const other = slow.tab('Tab 2');
    await signInRobin(slow);
    const gate = stage.gate();
    const late = slow.post('/cart', { sku: 'ember-fleece', quantity: '1' }, { gate });
    await Promise.race([gate.full, late]);
    const signedOut = await other.post('/sign-out');
    stage.note('The slow request goes on');
    gate.open();
    const response = await late;
    const account = await slow.get('/account');
    const writes = stage.trace.steps.filter((step) => step.kind === 'write');
    return [
      { words: 'The sign-out did not wait for the slow request.', holds: signedOut.status === 303 },
      { words: 'The slow request was told that its session has ended.', holds: response.status === 409 },
      {
        words: 'Nothing was written after the session was removed.',
        holds: writes.at(-1)?.isRemoval === true,
      },
      {
        words: 'Robin is signed out, in both tabs.',
        holds: account.status === 401 && response.setCookies.length === 0,
      },
    ];
  },
};
