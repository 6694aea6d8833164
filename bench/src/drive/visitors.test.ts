import { describe, expect, it } from 'vitest';
import { type Caller, cookieAfter, type ShopRequest } from './shop-request.ts';
import { inParallel, Visitors } from './visitors.ts';

/** A shop that gives each visitor who writes a cookie. */
class CookieShop implements Caller {
  readonly seen: ShopRequest[] = [];

  async fire(request: ShopRequest): Promise<number> {
    return (await this.send(request)).status;
  }

  async send(request: ShopRequest): Promise<{ status: number; setCookies: string[]; text: string }> {
    this.seen.push(request);
    const token = `${'i'.repeat(22)}${'s'.repeat(42)}A`;
    return { status: 200, setCookies: [`__Host-session=${token}; Path=/; Secure`], text: '1000' };
  }
}

describe('the visitors of a benchmark', () => {
  it('present a forged token of the right form: it costs what a forgery costs, not what a typing error does', async () => {
    const visitors = new Visitors(new CookieShop());
    await visitors.settle(2);
    const [request] = await visitors.requests('forged', 1);
    expect(request?.cookie).toMatch(/^__Host-session=i{22}s+[\w-]{10}sA$/);
    expect(request?.cookie).not.toBe(visitors.cookies[0]);
  });

  it('sign in with a session that no other visitor uses', async () => {
    const shop = new CookieShop();
    const requests = await new Visitors(shop).requests('signIn', 3);
    expect(shop.seen).toHaveLength(3);
    expect(new Set(requests.map(({ userId }) => userId)).size).toBe(3);
  });

  it('reject a response that is not 200', async () => {
    const shop = new CookieShop();
    shop.send = async () => ({ status: 500, setCookies: [], text: 'broken' });
    await expect(new Visitors(shop).arrive(1)).rejects.toThrow('500');
  });

  it('are never more at once than the limit', async () => {
    let running = 0;
    let most = 0;
    await inParallel(20, 4, async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    });
    expect(most).toBe(4);
  });
});

describe('what a browser sends back', () => {
  it('is what it had, and what was set over it', () => {
    expect(cookieAfter('a=1; b=2', ['b=3; Path=/; HttpOnly', 'c=x=y'])).toBe('a=1; b=3; c=x=y');
  });

  it('is empty if no cookie was set', () => {
    expect(cookieAfter(undefined, [])).toBeUndefined();
  });
});
