import { expect, it } from 'vitest';
import { prefersJson } from './accept.ts';

it.each([
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
  ['application/json', true],
  ['APPLICATION/JSON; charset=utf-8', true],
  ['application/*', true],
  ['text/html;q=0.5, application/json', true],
  ['text/html, application/json;q=0.5', false],
  ['application/json;q=0, text/html;q=0', false],
  ['application/json;q=nonsense', false],
  ['image/png', false],
])('decides whether Accept: %s prefers JSON: %s', (accept, expected) => {
  expect(prefersJson(accept)).toBe(expected);
});
