import { configError } from '../../common/errors.ts';
import type { RequestView, ResponseHeader } from '../../http/request-view.ts';
import { cookieValues } from '../../http/transports/cookie.ts';
import type { Transport } from '../../http/transports/transport.ts';

/** `Max-Age` changes with each cookie, and browsers compare no priority. */
const NOT_COMPARED = /^(?:max-age|expires|priority)=/i;

/** The second cookie of a bound session: beside the session's own, with the same attributes, and short-lived. */
export class BoundCookie {
  /** The name, `__Host-session-device` by default. */
  readonly name: string;
  /** The attributes as the browser compares them with those of each cookie that is set. */
  readonly attributes: string;

  /** Derives the cookie from that of the session. Throws `ERR_CONFIG` if there is none, or none that a browser would bind. */
  constructor(transports: readonly Transport[]) {
    const transport = transports.find((each) => each.sentAutomatically);
    const line = transport?.issue('', undefined).find(([name]) => name === 'set-cookie')?.[1];
    if (line === undefined) {
      throw configError('transports', transports, 'a list with cookie(), which deviceBinding needs');
    }
    const [pair = '', ...attributes] = line.split(';').map((each) => each.trim());
    const unfit = attributes.find((each) => /^(?:domain=|partitioned$)/i.test(each));
    if (unfit !== undefined) {
      throw configError(
        'cookie()',
        unfit,
        'without domain and partitioned, since browsers bind a cookie to a device for one host and outside of partitions only',
      );
    }
    this.name = `${pair.slice(0, pair.indexOf('='))}-device`;
    this.attributes = attributes.filter((each) => !NOT_COMPARED.test(each)).join('; ');
  }

  /** Returns the values that a request presents. */
  read(request: RequestView): readonly string[] {
    return cookieValues(request, this.name);
  }

  /** Returns the header that sets the cookie, for a lifetime in milliseconds. */
  set(value: string, lifetime: number): ResponseHeader {
    const maxAge = `Max-Age=${Math.floor(lifetime / 1000)}`;
    return ['set-cookie', `${this.name}=${value}; ${maxAge}; ${this.attributes}`, 'append'];
  }
}
