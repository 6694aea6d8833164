/** What the library warns of. Each has an entry in docs/troubleshooting.md. */
export const WARNING_CODES = [
  'cookie-not-returned',
  'insecure-cookie',
  'address-unreadable',
  'proxy-not-trusted',
  'unknown-property',
  'not-awaited',
  'late-read',
  'clock-skew',
  'subscription-lost',
] as const;

/** Names a warning; stable across releases. A later version may add codes. */
export type WarningCode = (typeof WARNING_CODES)[number];

const PAGE = 'https://github.com/coatcheck/coatcheck/blob/main/docs/troubleshooting.md';

/** Returns the address of the entry that explains a warning. */
export function pageOf(code: WarningCode): string {
  return `${PAGE}#${code}`;
}
