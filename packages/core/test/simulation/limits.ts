/** The documented limits, as the failures that are left are counted. */
export type Limit =
  /** Its token was replaced while nothing looked at the session for longer than the grace: refused once, and nothing is lost. */
  | 'held open for longer than the grace'
  /** Requests of a visitor without a session each begin one, and the last cookie wins. */
  | 'first requests beside each other'
  /** Sent with the token that a sign-in killed, before the browser had the new one: refused once. */
  | 'sent before the response to the sign-in'
  /** The visitor must sign in again. */
  | 'response to the sign-in lost'
  /** A slow response put a renewed token, dead by then, over the cookie of the sign-in. */
  | 'renewed token over the sign-in'
  /** As two users: the one ended the session that the other had just signed in to, and its cookie came first. */
  | 'sign-ins beside each other'
  /** Refused for the sign-in's sake, wrote all the same, and the cookie of the session that it began came last. */
  | 'began a session beside a sign-in'
  /** The same for a finish that keeps the user, where the request held another token than the finish. */
  | 'sent before the response to the finish'
  | 'response to the finish lost'
  | 'renewed token over the finish'
  | 'began a session beside a finish'
  /** The successor was handed to two requests, and the slower response came after the other's token was dead. */
  | 'token of a successor over a later one'
  /** The disk had an older cookie, or none, which the sign-in has killed or which was never there. The visitor signs in again. */
  | 'killed before the cookie of the sign-in was on the disk'
  | 'killed before the first cookie was on the disk'
  /** Within one renewal: the second time is a reuse. */
  | 'killed twice before a newer cookie was on the disk'
  /** A request that was under way with an older token finished the session: its successor is for who holds that one. */
  | 'killed after a finish with an older token'
  /** Looks like a thief, and ends the session. */
  | 'came back from another network after a kill'
  /** Another jar of the device has used the newer token for longer than a browser keeps a cookie from its disk, or has come back to it already. */
  | 'another jar went on with a newer token';
