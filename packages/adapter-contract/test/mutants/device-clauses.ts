/** The titles of the clauses about sessions that are bound to a device, or to a key of a client. */
export const BINDS =
  'lets the browser bind a session to its device and prove that it has the key, before the app sees the request';
export const KEEPS = 'responds with 503 to the browser while the store fails, so that it keeps the binding';
export const LEAVES = 'leaves the path of the browser to the app for other methods, and without the option';
export const PROVES =
  'opens a session with a token and a proof for the method and URL of the request (DPoP), and without one to nobody';
