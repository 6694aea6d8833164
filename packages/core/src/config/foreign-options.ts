const COOKIE = 'transports: [cookie({ … })], which always sets Secure and HttpOnly';
const DEADLINE = 'idleTimeout and absoluteTimeout';
const EXTENDED = 'nothing: each use extends the idle deadline by itself';
const SAVED = 'nothing: await session.update() to save';

/** What to write here for the options of express-session, koa-session, hono-sessions and iron-session. */
const EQUIVALENTS: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['secret', 'secrets: [secret]'],
  ['password', 'secrets: [password]'],
  ['encryptionKey', 'secrets: [encryptionKey]'],
  ['signed', 'secrets: [secret]'],
  ['name', 'transports: [cookie({ name })]'],
  ['key', 'transports: [cookie({ name })]'],
  ['cookieName', 'transports: [cookie({ name })]'],
  ['sessionCookieName', 'transports: [cookie({ name })]'],
  ['cookie', COOKIE],
  ['cookieOptions', COOKIE],
  ['sameSite', COOKIE],
  ['httpOnly', COOKIE],
  ['secure', COOKIE],
  ['maxAge', DEADLINE],
  ['ttl', DEADLINE],
  ['expireAfterSeconds', DEADLINE],
  ['rolling', EXTENDED],
  ['renew', EXTENDED],
  ['autoExtendExpiration', EXTENDED],
  ['resave', SAVED],
  ['autoCommit', SAVED],
  ['overwrite', SAVED],
  ['unset', SAVED],
  ['saveUninitialized', "grant: 'first-visit' for true, nothing for false"],
  ['genid', 'nothing: IDs and secrets are always random'],
  ['prefix', "the store's own option"],
  ['proxy', "the framework's own option, such as trust proxy"],
]);

/** Names what replaces an option of another session library; undefined for any other word. */
export function equivalentOf(option: string): string | undefined {
  return EQUIVALENTS.get(option);
}
