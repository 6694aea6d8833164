// The names and words that the repository has given up, and the search for them.

import ts from 'typescript';

/** Names in code: each has a better one, and one thing has one name. */
const NAMES: readonly RegExp[] = [
  /\b(?:RequestVisit|SessionVisit|VisitSession|GuardedSession)\b/,
  /\b(?:takeUp|letGo|Held|Finding|vouch\w*|takeBack|wasLookedAt)\b/,
  /\b(?:MOST|LONGEST|SHORTEST)_\w+/,
  /#(?:of|structural)\b/,
  /\bconclude\(/,
  /\bconst of =/,
  /\btransport\.(?:grant|present|kind)\b/,
];

/** Words and phrases in code, comments, strings and pages alike. */
const WORDS: readonly RegExp[] = [
  /\b(?:un)?answer\w*/i,
  /\bwhoever\b/i,
  /\bgiven was\b/i,
  /\btoken without meaning\b/i,
  /\bsigns? nobody out\b/i,
  /\bnobody knows how\b/i,
  /\bmere look\b/i,
  /\bshown himself\b/i,
  /\bbelieves what\b/i,
  /\bagainst it stood\b/i,
  /\bwhat becomes of\b/i,
];

/** "Text" for a string, in comments, messages, names of tests and pages. Code may use the word, since `Response.text()` and SQL do. */
const TEXT = /\b[Tt]exts?\b/;
const ALLOWED_TEXT: readonly RegExp[] = [
  /\btext\/[\w.*-]+/g, // media types, and the routes of the adapter contract
  /`[^`]*`/g, // code spans
  /::text\b/g, // SQL, whose type of a column is TEXT
  /"text"|'text'/g, // JSON, and a type by its short name
  /\b(?:clear|alternative) text\b/g, // not encrypted; of a picture
  /@(?:param|property) \{.*/g,
];
/** A string literal that is SQL or a word of its own, not a sentence. */
const NO_SENTENCE = /^\S*$|\b(?:CREATE|ALTER|SELECT) |<\/?text|\btext-anchor/;

/** Where a given-up name or word stands. */
export interface WordFault {
  readonly line: number;
  readonly found: string;
}

/** Finds the given-up names and words of a file. */
export function wordFaults(path: string, source: string): readonly WordFault[] {
  const isCode = /\.[cm]?[jt]sx?$/.test(path);
  const everywhere = [...WORDS, ...(isCode ? NAMES : [])];
  const faults = everywhere.flatMap((pattern) => findAll(pattern, source, 0));
  const prose = isCode ? proseOf(source) : path.endsWith('.md') ? [withoutFences(source)] : [];
  for (const { at, value } of prose) {
    const allowed = ALLOWED_TEXT.reduce((rest, each) => rest.replace(each, blank), value);
    faults.push(...findAll(TEXT, allowed, at));
  }
  return faults
    .map(({ at, found }) => ({ line: source.slice(0, at).split('\n').length, found }))
    .sort((a, b) => a.line - b.line);
}

interface Part {
  readonly at: number;
  readonly value: string;
}

function findAll(pattern: RegExp, value: string, offset: number): { at: number; found: string }[] {
  return [...value.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map((match) => ({
    at: offset + match.index,
    found: match[0],
  }));
}

/** Replaces characters by blanks, so that places stay what they are. */
function blank(value: string): string {
  return value.replace(/[^\n]/g, ' ');
}

function withoutFences(page: string): Part {
  return { at: 0, value: page.replace(/^ *(```|~~~)[\s\S]*?^ *\1/gm, blank) };
}

/** Lists the comments and sentences of a source file. */
function proseOf(source: string): readonly Part[] {
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true);
  const parts: Part[] = [];
  const comments = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(source, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(source, node.end) ?? []),
    ];
    for (const { pos, end } of ranges) comments.set(pos, end);
    const isString =
      ts.isStringLiteralLike(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node);
    if (isString && !NO_SENTENCE.test(node.text)) {
      const at = node.getStart(file) + 1;
      parts.push({ at, value: source.slice(at, node.end - 1) });
    }
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  for (const [pos, end] of comments) parts.push({ at: pos, value: source.slice(pos, end) });
  return parts;
}
