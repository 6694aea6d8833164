// Mends the markup of the default theme's search dialog: a button must not contain a field, nor an option a link.

import type { UserConfig } from 'vitepress';

type Plugin = NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number];

/** What the component of the theme writes, and what it should write. */
const REPLACEMENTS: readonly (readonly [from: RegExp, to: string])[] = [
  [
    /role="button"\s+:aria-owns="[^"]*"\s+aria-expanded="true"\s+aria-haspopup="listbox"/,
    'role="dialog" aria-modal="true"',
  ],
  [/:role="results\?\.length \? 'listbox' : undefined"\s+:aria-labelledby="[^"]*"/, 'aria-label="Results"'],
  [/:id="'localsearch-item-' \+ index"\s+:aria-selected="[^"]*"\s+role="option"/, ''],
  [/:aria-label="\[\.\.\.p\.titles, p\.title\]\.join\(' > '\)"/, `:id="'localsearch-item-' + index"`],
  [/<kbd :aria-label="translate\('modal\.footer\.navigateUpKeyAriaLabel'\)">/, '<kbd>'],
  [/<kbd :aria-label="translate\('modal\.footer\.navigateDownKeyAriaLabel'\)">/, '<kbd>'],
  [/<kbd :aria-label="translate\('modal\.footer\.selectKeyAriaLabel'\)">/, '<kbd>'],
  [/<kbd :aria-label="translate\('modal\.footer\.closeKeyAriaLabel'\)">/, '<kbd>'],
];

/** Changes the component as it is built, and fails if a new version of VitePress writes something else. */
export const accessibleSearch: Plugin = {
  name: 'accessible-search',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/VPLocalSearchBox.vue')) return undefined;
    return REPLACEMENTS.reduce((rest, [from, to]) => {
      if (!from.test(rest)) throw new Error(`VPLocalSearchBox.vue of VitePress has no ${from}`);
      return rest.replace(from, to);
    }, code);
  },
};
