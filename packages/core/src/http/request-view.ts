/**
 * Shows the core what it needs from one request. An adapter writes this mapping and makes no decisions.
 *
 * The core reads each member only when it needs it, so compute lazily. No member may throw, whatever a client sends.
 */
export interface RequestView {
  /** The request method in upper case. A WebSocket upgrade is `GET` with an `upgrade` header, as it arrives. */
  readonly method: string;
  /** The host that the client addressed, with its port if it sent one, as the framework's proxy settings determine it. */
  readonly host: string | undefined;
  /** The path of the request target, without the query; undefined if the adapter does not know it. Only `deviceBinding` and `dpop()` need it. */
  readonly path?: string | undefined;
  /** The client's address, as the framework's proxy settings determine it. */
  readonly ip: string | undefined;
  /** Whether the client used https, as the framework's own proxy settings give it. Only `true` is certain: without those settings a proxy that ends TLS hides it. */
  readonly isSecure?: boolean | undefined;
  /** Returns a request header. `name` is in lower case. Several lines of one name are joined as HTTP says, cookies with `; `. */
  header(name: string): string | undefined;
  /** Returns a query parameter, the first of its name. */
  query(name: string): string | undefined;
  /** Returns a field of the form body if a parser has run before; otherwise undefined. */
  form(name: string): string | undefined;
}

/** One header for the response: `append` beside others of that name, `set` in place of them, or `delete` what the response has, with an empty value. */
export type ResponseHeader = readonly [name: string, value: string, how: 'append' | 'set' | 'delete'];
