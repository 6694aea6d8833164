// How the search of the site reads pages and questions.

import type { DefaultTheme } from 'vitepress';

/**
 * Gives the form under which a word is indexed and found, or nothing for a word that says nothing about a page. It goes into the site as
 * source code, so it uses nothing from outside.
 */
function processTerm(term: string): string | null {
  const idle =
    ' a an and are as at be by can do does for from have how i if in is it its me my no not of on or so the that then this to was what when where which why with you your ';
  const word = term.toLowerCase().replace(/['’]s$/, '');
  return idle.includes(` ${word} `) ? null : word;
}

/** Ranks what is made from the sources below the guides, which say what to use when. It goes into the site as source code too. */
function boostDocument(id: string): number {
  return id.startsWith('/api/') || id.startsWith('/changelog/') ? 0.2 : 1;
}

export const search: NonNullable<DefaultTheme.Config['search']> = {
  provider: 'local',
  options: {
    miniSearch: {
      options: { processTerm },
      searchOptions: { fuzzy: 0.2, prefix: true, boost: { title: 4, titles: 2, text: 1 }, boostDocument },
    },
  },
};
