import { describe, expect, it, vi } from 'vitest';
import { FetchRequestView } from './fetch-request-view.ts';
import { ParsedRequestView } from './parsed-request-view.ts';

describe('ParsedRequestView', () => {
  const view = new ParsedRequestView({
    method: 'POST',
    headers: { cookie: ['a=1', 'b=2'], accept: ['text/html', '*/*'], host: 'shop.example:8443' },
    host: 'shop.example:8443',
    ip: '203.0.113.7',
    query: { one: '1', many: ['1', '2'], nested: { a: '1' }, empty: '' },
    body: { one: '1', many: ['1', '2'], nested: { a: '1' } },
  });

  it('shows method, host and address as the framework gives them', () => {
    expect([view.method, view.host, view.ip]).toEqual(['POST', 'shop.example:8443', '203.0.113.7']);
  });

  it('knows from the protocol whether the connection is secure', () => {
    const secureOver = (protocol: string) =>
      new ParsedRequestView({ method: 'GET', headers: {}, protocol }).isSecure;
    expect(['https', 'http'].map(secureOver)).toEqual([true, false]);
  });

  it("joins a header's lines as HTTP says, and cookies with a semicolon", () => {
    expect(view.header('cookie')).toBe('a=1; b=2');
    expect(view.header('accept')).toBe('text/html, */*');
    expect(view.header('host')).toBe('shop.example:8443');
    expect(view.header('origin')).toBeUndefined();
  });

  it('returns the first string of a parameter or field, and nothing for any other value', () => {
    expect(['one', 'many', 'nested', 'empty', 'none'].map((name) => view.query(name))).toEqual([
      '1',
      '1',
      undefined,
      '',
      undefined,
    ]);
    expect(['one', 'many', 'nested', 'none'].map((name) => view.form(name))).toEqual([
      '1',
      '1',
      undefined,
      undefined,
    ]);
  });

  it.each([undefined, null, 'session=1', 7])('finds no field in a body that is %o', (body) => {
    const bare = new ParsedRequestView({ method: 'POST', headers: {}, body, query: body });
    expect(bare.form('session')).toBeUndefined();
    expect(bare.query('session')).toBeUndefined();
  });
});

describe('FetchRequestView', () => {
  const request = new Request('https://shop.example:8443/cart?a=1&a=2&b=%zz', {
    method: 'POST',
    headers: { 'x-session': 'token' },
  });

  it('shows the host with its port, unless it is the usual one', () => {
    expect(new FetchRequestView(request, {}).host).toBe('shop.example:8443');
    expect(new FetchRequestView(new Request('https://shop.example:443/'), {}).host).toBe('shop.example');
  });

  it('knows from the URL whether the connection is secure', () => {
    const secureAt = (url: string) => new FetchRequestView(new Request(url), {}).isSecure;
    expect(['https://shop.example/', 'http://shop.example/'].map(secureAt)).toEqual([true, false]);
  });

  it('shows headers, and the first query parameter of a name', () => {
    const view = new FetchRequestView(request, {});
    expect(view.method).toBe('POST');
    expect(view.header('x-session')).toBe('token');
    expect(view.header('cookie')).toBeUndefined();
    expect([view.query('a'), view.query('b'), view.query('c')]).toEqual(['1', '%zz', undefined]);
  });

  it.each(['websocket', '', null])('reads Upgrade once, here %o', (value) => {
    const get = vi.fn(() => value);
    const view = new FetchRequestView({ method: 'GET', url: 'https://shop.example/', headers: { get } }, {});
    for (let time = 0; time < 2; time += 1) expect(view.header('upgrade')).toBe(value ?? undefined);
    expect(get).toHaveBeenCalledOnce();
  });

  it('takes the address and the form from its creator, and asks for them when they are needed', () => {
    const form = new FormData();
    form.append('a', '1');
    form.append('file', new File(['x'], 'x.txt'));
    let asked = 0;
    const view = new FetchRequestView(request, {
      form,
      get ip() {
        asked += 1;
        return '203.0.113.7';
      },
    });
    expect(asked).toBe(0);
    expect(view.ip).toBe('203.0.113.7');
    expect([view.form('a'), view.form('file'), view.form('b')]).toEqual(['1', undefined, undefined]);
  });

  it('takes the host from its creator, as a trusted proxy reports it', () => {
    expect(new FetchRequestView(request, { host: 'front.example' }).host).toBe('front.example');
  });

  it('finds no host and no query in a target that is no URL', () => {
    const view = new FetchRequestView({ method: 'GET', url: 'http://[/?a=1', headers: request.headers }, {});
    expect([view.host, view.query('a'), view.isSecure]).toEqual([undefined, undefined, false]);
  });

  it('knows neither if its creator gives none', () => {
    const view = new FetchRequestView(request, {});
    expect([view.ip, view.form('a')]).toEqual([undefined, undefined]);
  });
});
