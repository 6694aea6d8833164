import { fuzz as cookie } from './targets/cookie.ts';
import { fuzz as record } from './targets/record.ts';
import { fuzz as request } from './targets/request.ts';
import { fuzz as token } from './targets/token.ts';

/** What is fuzzed, by name: each throws where a promise is broken. */
export const TARGETS: Readonly<Record<string, (data: Uint8Array) => void>> = {
  cookie,
  token,
  record,
  request,
};
