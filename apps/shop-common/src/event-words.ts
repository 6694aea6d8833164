import type { ShopEvent } from './event-log.ts';

/** Explains an event of a session to its visitor. */
export function explainEvent(event: ShopEvent, sessionId: string | undefined): string {
  switch (event.type) {
    case 'granted':
      return 'the session was created, and its first token sent';
    case 'updated':
      return `the data changed: ${event.changed.join(', ')}`;
    case 'signed-in':
      return `signed in with a new secret; the old token no longer works${event.remembered ? '. The browser keeps the cookie' : ''}`;
    case 'renewed':
      return 'a new token was sent to the browser';
    case 'confirmed':
      return 'the browser used the new token; the old one is retired';
    case 'reissued':
      return 'the new token was sent again';
    case 'recovered':
      return 'the browser came back with the old token after a crash; the new one was sent again';
    case 'reused':
      return event.ended
        ? 'a retired token came from another client: it was stolen, so the session ended for everyone'
        : 'a retired token was presented and refused';
    case 'touched':
      return 'the idle deadline was extended';
    case 'finished':
      return event.successorId === sessionId
        ? 'the previous session became an order; this one keeps you signed in'
        : 'the session became an order';
    case 'destroyed':
      return 'the session was ended from its own browser';
    case 'revoked':
      return 'the session was ended from elsewhere';
    case 'expired':
      return `its ${event.reason} timeout passed`;
    case 'refused':
      return `a token opened no session: ${event.reason}`;
    case 'device-registered':
      return 'your browser registered a key of your device';
    case 'device-bound':
      return 'the session is bound to your device';
    case 'device-refreshed':
      return 'your browser proved that it has the key';
    case 'device-refused':
      return `a proof was refused: ${event.reason}`;
    case 'client-changed':
      return `a different ${event.changes.join(' and ')}${event.refused ? '; refused' : ''}`;
    case 'call-failed':
      return `${event.call} failed: ${event.code ?? 'an error of the app'}`;
    case 'conflict':
      return 'two changes collided; the second one was repeated on the newer record';
    case 'warning':
      return event.message;
    case 'store-failed':
      return `the store failed during a ${event.operation}`;
  }
}
