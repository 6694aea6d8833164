// The links of a Markdown page, and whether what they lead to is there.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/**
 * @typedef {object} Link
 * @property {number} line
 * @property {string} text
 * @property {string} target
 */

const LINK = /!?\[((?:[^[\]\\`]|\\.|`[^`]*`|!?\[[^\]]*\]\([^)]*\))*)\]\(([^()\s]+)(?: +"[^"]*")?\)/g;
const HEADING = /^ {0,3}#{1,6} +(.*?)(?: +#+)?$/;
/** A code span that names a place in the repository. */
const NAMED_PLACE = /`((?:packages|apps|docs|decisions|scripts|bench)\/[\w./@-]+)`/g;
/** Pages that are made when the site is built. The test that crawls the site tries these links. */
const GENERATED = /^\/(?:api|changelog)\//;
/** The files whose strings are names of tests. */
const TESTS = /\.test(?:-d)?\.ts$|\/clauses\/[\w-]+\.ts$/;

/**
 * Replaces what is inside fences by empty lines: it is code, whatever it looks like.
 *
 * @param {string} text
 * @returns {readonly string[]}
 */
function proseOf(text) {
  let fence = '';
  return text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '') {
      fence = mark;
      return mark === '' ? line : '';
    }
    if (mark.startsWith(fence) && line.trim() === mark) fence = '';
    return '';
  });
}

/**
 * Finds the links of a page, with the line that each begins on.
 *
 * @param {string} text
 * @returns {Link[]}
 */
export function findLinks(text) {
  const prose = proseOf(text).join('\n');
  return [...prose.matchAll(LINK)].map(({ 1: label = '', 2: target = '', index }) => ({
    line: prose.slice(0, index).split('\n').length,
    text: label.replace(/\s+/g, ' '),
    target,
  }));
}

/**
 * Gives the anchors of a page's headings, as GitHub makes them.
 *
 * @param {string} text
 * @returns {ReadonlySet<string>}
 */
export function anchorsOf(text) {
  /** @type {Set<string>} */
  const anchors = new Set();
  for (const line of proseOf(text)) {
    const heading = HEADING.exec(line)?.[1];
    if (heading === undefined) continue;
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/**
 * Says what is wrong with the links of a page and with the places that it names. Outside addresses are not tried.
 *
 * @param {string} root
 * @param {string} page Its path from the root.
 * @param {string} text
 * @returns {{ line: number, message: string }[]}
 */
export function linkFaults(root, page, text) {
  /** @type {{ line: number, message: string }[]} */
  const faults = [];
  for (const { line, text: label, target } of findLinks(text)) {
    const message = faultOf(root, page, text, label, target);
    if (message !== undefined) faults.push({ line, message });
  }
  for (const [index, line] of proseOf(text).entries()) {
    for (const [, place = ''] of line.matchAll(NAMED_PLACE)) {
      if (!existsSync(join(root, place))) faults.push({ line: index + 1, message: `there is no ${place}` });
    }
  }
  return faults;
}

/**
 * @param {string} root
 * @param {string} page
 * @param {string} text
 * @param {string} label
 * @param {string} target
 * @returns {string | undefined}
 */
function faultOf(root, page, text, label, target) {
  if (/^[a-z][a-z+.-]*:/i.test(target) || GENERATED.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : join(root, dirname(page), path);
  const place = relative(root, file);
  if (place.startsWith('..')) return `${target} leads out of the repository`;
  if (path !== '' && !existsSync(file)) return `there is no ${place}`;
  if (anchor !== undefined) {
    const other = path === '' ? text : place.endsWith('.md') ? readFileSync(file, 'utf8') : '';
    if (!anchorsOf(other).has(anchor)) return `${place} has no heading for #${anchor}`;
  }
  if (!TESTS.test(place) || statSync(file).isDirectory()) return undefined;
  const named = label.replace(/`/g, '').trim();
  if (named === basename(place) || named === place) return undefined;
  return hasTest(readFileSync(file, 'utf8'), named) ? undefined : `${place} has no test "${named}"`;
}

/**
 * Says whether a name, or a part of it, stands in a string of a test file. Names that a loop makes are given by the part that is written out.
 *
 * @param {string} source
 * @param {string} name
 * @returns {boolean}
 */
export function hasTest(source, name) {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
  return new RegExp(`(['"\`])(?:(?!\\1)[^\\n\\\\]|\\\\.)*${escaped}`).test(source);
}
