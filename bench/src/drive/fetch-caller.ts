import { ROUTES } from '../side.ts';
import { type Caller, headersOf, type ShopReply, type ShopRequest } from './shop-request.ts';

/** Sends requests to what maps a Request to a Response. */
export class FetchCaller implements Caller {
  readonly #fetch: (request: Request) => Response | Promise<Response>;

  constructor(fetch: (request: Request) => Response | Promise<Response>) {
    this.#fetch = fetch;
  }

  async fire(request: ShopRequest): Promise<number> {
    return (await this.#respond(request)).status;
  }

  async send(request: ShopRequest): Promise<ShopReply> {
    const response = await this.#respond(request);
    return {
      status: response.status,
      setCookies: response.headers.getSetCookie(),
      text: await response.text(),
    };
  }

  #respond(request: ShopRequest): Response | Promise<Response> {
    const { method, path } = ROUTES[request.route];
    return this.#fetch(new Request(`http://shop.example${path}`, { method, headers: headersOf(request) }));
  }
}
