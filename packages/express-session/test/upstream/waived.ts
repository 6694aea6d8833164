/** Why a test of express-session's suite is not expected to pass. */
export type Reason =
  /** A cookie with `secure: true` is sent with `Secure` on every connection; the browser decides. */
  | 'Secure whatever the connection'
  /** The test uses stores that extend express-session's Store, their record layout, or their `touch`. */
  | 'store internals'
  | 'Coatcheck draws the token'
  | 'a store failure is no absent session'
  | 'always HttpOnly'
  /** The response waits for the save, so a failure reaches the error handler before anything is sent. */
  | 'durable before the response'
  /** The error of a store may contain keys and data, so its message is not passed on. */
  | 'no details of store errors';

/** The tests of express-session's suite that contradict a promise or test its internals, by their full titles. */
export const waived: Readonly<Record<string, Reason>> = {
  'session() proxy option when enabled should work when no header': 'Secure whatever the connection',
  'session() proxy option when disabled should not trust X-Forwarded-Proto': 'Secure whatever the connection',
  'session() proxy option when disabled should ignore req.secure': 'Secure whatever the connection',
  'session() proxy option when unspecified should not trust X-Forwarded-Proto':
    'Secure whatever the connection',
  'session() cookie option when "sameSite" set to "auto" combined with secure auto when "secure" is "true" should not set cookie when insecure':
    'Secure whatever the connection',
  'session() req.session .cookie .secure should not set-cookie when insecure':
    'Secure whatever the connection',
  'session() genid option should allow custom function': 'Coatcheck draws the token',
  'session() genid option should encode unsafe chars': 'Coatcheck draws the token',
  'session() genid option should provide req argument': 'Coatcheck draws the token',
  'session() should treat ENOENT session fetch error as not found': 'a store failure is no absent session',
  'session() req.session should not be set if store is disconnected': 'a store failure is no absent session',
  'session() req.session should be set when store reconnects': 'a store failure is no absent session',
  'session() req.session .cookie .* should serialize as parameters': 'always HttpOnly',
  'session() req.session .cookie .* should override defaults': 'always HttpOnly',
  'session() saveUninitialized option should pass session save error': 'durable before the response',
  'session() unset option should pass session destroy error': 'durable before the response',
  'session() should pass session fetch error': 'no details of store errors',
  'session() when session without cookie property in store should pass error from inflate': 'store internals',
  'session() resave option when false should pass session touch error': 'store internals',
  'session() req.session .cookie .originalMaxAge should equal original maxAge for all requests':
    'store internals',
  'session() synchronous store should respond correctly on save': 'store internals',
  'session() synchronous store should respond correctly on destroy': 'store internals',
};
