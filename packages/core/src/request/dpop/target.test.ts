import { describe, expect, it } from 'vitest';
import { request } from '../../../test/support/request.ts';
import { isTarget, parseBase } from './target.ts';

describe('the URL of a request', () => {
  it.for([
    ['https://shop.example/cart', 'shop.example', '/cart'],
    ['HTTPS://SHOP.example:443/cart?sort=price#top', 'shop.example', '/cart'],
    ['https://shop.example/cart', 'Shop.Example:443', '/cart'],
    ['https://shop.example:8443/cart', 'shop.example:8443', '/cart'],
    ['https://shop.example', 'shop.example', '/'],
    ['https://shop.example/a/../cart', 'shop.example', '/cart'],
    ['https://shop.example/%7Eann/%c3%a9', 'shop.example', '/~ann/%C3%A9'],
    ['http://localhost:3000/cart', 'localhost:3000', '/cart'],
    ['http://127.0.0.1:3000/cart', '127.0.0.1:3000', '/cart'],
    ['http://[::1]:3000/cart', '[::1]:3000', '/cart'],
    ['https://localhost:3000/cart', 'localhost:3000', '/cart'],
  ] as const)('%s fits the host %s and the path %s', ([htu, host, path]) => {
    expect(isTarget(htu, request({ host, path }), undefined)).toBe(true);
  });

  it.for([
    ['https://shop.example/cart', 'shop.example', '/cart/'],
    ['https://shop.example/cart', 'shop.example', '/Cart'],
    ['https://shop.example/a%2Fb', 'shop.example', '/a/b'],
    ['http://shop.example/cart', 'shop.example', '/cart'],
    ['ws://shop.example/cart', 'shop.example', '/cart'],
    ['https://shop.example/cart', undefined, '/cart'],
    ['https://shop.example/cart', '', '/cart'],
    ['https://shop.example/cart', 'no host', '/cart'],
    // An app may route these to what they begin with.
    ['https://shop.example/public', 'shop.example', '/admin/../public'],
    ['https://shop.example/public', 'shop.example', '/admin/%2e%2e/public'],
    ['https://shop.example/public', 'shop.example', '/admin\\..\\public'],
    // A host that would end the URL before the path.
    ['https://shop.example/public', 'shop.example/public?', '/transfer'],
    ['https://shop.example/public', 'shop.example/public#', '/transfer'],
    ['https://shop.example/public', 'shop.example\\public?', '/transfer'],
    ['https://shop.example/cart', 'evil@shop.example', '/cart'],
    ['https://shop.example/cart', 'shop.example', '*'],
    ['https://shop.example/cart', 'shop.example', 'http://shop.example/cart'],
  ] as const)('%s does not fit the host %s and the path %s', ([htu, host, path]) => {
    expect(isTarget(htu, request({ host, path }), undefined)).toBe(false);
  });

  it('is unknown if the adapter does not tell the path', () => {
    expect(isTarget('https://shop.example/', request(), undefined)).toBe(false);
  });
});

describe('a base URL', () => {
  it('replaces the host, and precedes the path', () => {
    const base = parseBase('https://shop.example/api/');
    const view = request({ host: '10.0.0.7:3000', path: '/cart' });
    expect(isTarget('https://shop.example/api/cart', view, base)).toBe(true);
    expect(isTarget('https://shop.example/cart', view, base)).toBe(false);
    expect(isTarget('https://10.0.0.7:3000/cart', view, base)).toBe(false);
    expect(isTarget('http://shop.example/api/cart', view, base)).toBe(false);
    expect(isTarget('http://shop.internal/cart', view, parseBase('http://shop.internal'))).toBe(true);
  });

  it.for([
    '',
    'shop.example',
    '/api',
    'ftp://shop.example',
    'https://shop.example/?a',
    'https://ann@shop.example',
    'https://shop.example/#a',
  ])('is not %j', (value) => {
    expect(parseBase(value)).toBeUndefined();
  });
});
