import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes every value, in content and in attributes', () => {
  const value = `<script>"it's" & more</script>`;
  const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';
  expect(String(html`<p title="${value}">${value}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`);
});

it('never escapes markup twice, even in lists', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
  expect(String(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
});

it('omits undefined and false, but not zero', () => {
  expect(String(html`${undefined}${false}${0}${['', undefined]}`)).toBe('0');
});
