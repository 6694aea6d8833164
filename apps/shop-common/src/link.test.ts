import { expect, it } from 'vitest';
import { expectsCookie, linkTo, withCookieMark, withParameter } from './link.ts';
import { readSettings } from './settings.ts';

it('adds a parameter behind the others and in front of the fragment', () => {
  expect(withParameter('/', 'a', 'b&c')).toBe('/?a=b%26c');
  expect(withParameter('/?a=b#there', 'c', 'd')).toBe('/?a=b&c=d#there');
  expect(linkTo('/cart', 'token')).toBe('/cart?session=token');
  expect(linkTo('/cart', undefined)).toBe('/cart');
});

it('expects a cookie of a browser that was led to a marked page, and of no other', () => {
  const marked = withCookieMark('/?done=added#fell-parka', readSettings({}));
  expect(expectsCookie(marked)).toBe(true);
  expect(expectsCookie('/?done=added')).toBe(false);
  expect(withCookieMark('/cart', readSettings({ TRANSPORT: 'query' }))).toBe('/cart');
});
