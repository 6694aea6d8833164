// The page of error messages as Markdown.

import type { ErrorMessage } from './errors-page.messages.ts';

/** Says when an error happens and what to do about it, in Markdown. */
export interface Explanation {
  readonly when: string;
  readonly action: string;
  /** The HTTP status, for errors with a code. */
  readonly status?: string;
}

type Explanations = Readonly<Record<string, Explanation>>;
type Listed = Omit<ErrorMessage, 'file'> & { readonly package: string };

const CODE_ROW = /^\| `(ERR_[A-Z_]+)` \| (\d+) \| (.+) \| (.+) \|$/;

/** Reads the rows of the table of codes: code, status, when, what to do. */
export function readExplanations(text: string): Explanations {
  const rows = text.split('\n').flatMap((line) => {
    const [, code, status, when, action] = CODE_ROW.exec(line) ?? [];
    return code === undefined || status === undefined || when === undefined || action === undefined
      ? []
      : [[code, { status, when, action }] as const];
  });
  return Object.fromEntries(rows);
}

/**
 * Writes the page: a section for each code in the order of the explanations, then one for each class of errors without a code.
 * A message without an explanation, and an explanation without a message, is a fault.
 */
export function errorsPage(
  messages: readonly Listed[],
  coded: Explanations,
  uncoded: Explanations,
): { page: string; faults: string[] } {
  const groups = new Map<string, Listed[]>();
  for (const each of messages) {
    const key =
      each.code ?? (`${each.package} ${each.type}` in uncoded ? `${each.package} ${each.type}` : each.type);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const all = { ...coded, ...uncoded };
  const faults = [
    ...[...groups.keys()].filter((key) => !(key in all)).map((key) => `nothing explains ${key}`),
    ...Object.keys(all)
      .filter((key) => !groups.has(key))
      .map((key) => `${key} is explained, but no source makes such an error`),
  ];
  const sections = (explanations: Explanations, level: string) =>
    Object.entries(explanations).map(([key, each]) => section(level, key, each, groups.get(key) ?? []));
  const page = [
    '# Error messages',
    'Every error message of the packages, generated from their source by `node scripts/errors-page.ts`. A part in angle brackets is filled in when the error is thrown. [Errors and events](errors-and-events.md) shows how to handle errors.',
    ...sections(coded, '##'),
    '## Errors without a code',
    'No program should have to tell these apart, so they have no `code`.',
    ...sections(uncoded, '###'),
  ];
  return { page: `${page.join('\n\n')}\n`, faults };
}

function section(level: string, key: string, explanation: Explanation, messages: readonly Listed[]): string {
  const { when, action, status } = explanation;
  const words = key.split(' ');
  const title = words.length > 1 ? `\`${words[1]}\` in ${words[0]}` : `\`${key}\``;
  const rows = messages.map((each) => `| ${code(each.message)} | ${each.package} |`);
  return [
    `${level} ${title}`,
    [
      ...(status === undefined ? [] : [`- **Status:** ${status}`]),
      `- **When:** ${when}`,
      `- **What to do:** ${action}`,
    ].join('\n'),
    ['| message | package |', '| --- | --- |', ...new Set(rows.sort())].join('\n'),
  ].join('\n\n');
}

/** Writes a message as a code span of a table's cell. */
function code(message: string): string {
  const escaped = message.replaceAll('|', '\\|');
  return message.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}
