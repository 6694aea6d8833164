import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Rule {
  readonly rule: string;
  readonly edits: readonly { readonly file: string; readonly find: string }[];
}

const base = new URL('../../', import.meta.url);
const rules: readonly Rule[] = JSON.parse(readFileSync(new URL('rules/rules.json', base), 'utf8'));

describe('each rule of rules/rules.json can be taken out of the source as it is', () => {
  for (const { rule, edits } of rules) {
    it(rule, () => {
      for (const { file, find } of edits) {
        const source = readFileSync(new URL(file, base), 'utf8');
        expect(source.split(find), `places in ${file}`).toHaveLength(2);
      }
    });
  }
});
