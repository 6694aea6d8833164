import type { RequestView } from '../../src/http/request-view.ts';

/** What a test says of a request; the rest is a plain page view. */
export interface RequestParts {
  readonly method?: string;
  readonly host?: string | undefined;
  readonly path?: string;
  readonly ip?: string | undefined;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

export const HOST = 'shop.example';
export const HOME_IP = '203.0.113.7';

/** Makes a request view: by default a `GET` to shop.example from 203.0.113.7, without a header. */
export function request(parts: RequestParts = {}): RequestView {
  const { method = 'GET', headers = {}, query = {}, form = {} } = parts;
  return {
    method,
    path: parts.path,
    host: 'host' in parts ? parts.host : HOST,
    ip: 'ip' in parts ? parts.ip : HOME_IP,
    header: (name) => headers[name],
    query: (name) => query[name],
    form: (name) => form[name],
  };
}

/** The headers of a write that a page of another site sends. */
export const FROM_ELSEWHERE: Readonly<Record<string, string>> = {
  'sec-fetch-site': 'cross-site',
  origin: 'https://evil.example',
};
