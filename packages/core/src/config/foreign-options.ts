/** The options of express-session, koa-session, hono-sessions and iron-session, with what to write here. */
const EQUIVALENTS: readonly (readonly [options: string, equivalent: string])[] = [
  ['secret password encryptionKey signed', 'secrets: [secret]'],
  ['name key cookieName sessionCookieName', 'transports: [cookie({ name })]'],
  [
    'cookie cookieOptions sameSite httpOnly secure',
    'transports: [cookie({ … })], which always sets Secure and HttpOnly',
  ],
  ['maxAge ttl expireAfterSeconds', 'idleTimeout and absoluteTimeout'],
  ['rolling renew autoExtendExpiration', 'nothing: each use extends the idle deadline by itself'],
  ['resave autoCommit overwrite unset', 'nothing: await session.update() to save'],
  ['saveUninitialized', "grant: 'first-visit' for true, nothing for false"],
  ['genid', 'nothing: IDs and secrets are always random'],
  ['prefix', "the store's own option"],
  ['proxy', "the framework's own option, such as trust proxy"],
];

/** Names what replaces an option of another session library; undefined for any other word. */
export function equivalentOf(option: string): string | undefined {
  return EQUIVALENTS.find(([options]) => options.split(' ').includes(option))?.[1];
}
