import { expect, it } from 'vitest';
import { html } from './html.ts';

it('escapes every text, in content and in attributes', () => {
  const text = `<script>"it's" & more</script>`;
  const escaped = '&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;';
  expect(String(html`<p title="${text}">${text}</p>`)).toBe(`<p title="${escaped}">${escaped}</p>`);
});

it('escapes nothing twice: markup stays markup, in lists too', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  expect(String(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
});

it('leaves out what is not there, and shows a zero', () => {
  expect(String(html`${undefined}${false}${0}${['', undefined]}`)).toBe('0');
});
