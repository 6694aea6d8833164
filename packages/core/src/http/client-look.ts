import ipaddr from 'ipaddr.js';

/**
 * Returns the network of an address in CIDR notation, or undefined if the address is unknown. An IPv4 address mapped into IPv6 is an IPv4 address. A port,
 * brackets and a zone ID around it, as proxies write them, do not count.
 */
export function networkOf(ip: string | undefined, v4Bits: number, v6Bits: number): string | undefined {
  const address = parseAddress(ip);
  if (address === undefined) return undefined;
  const bits = address.kind() === 'ipv4' ? v4Bits : v6Bits;
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const bare = address.kind() === 'ipv4' ? address.toString() : address.toNormalizedString();
  return `${family.networkAddressFromCIDR(`${bare}/${bits}`).toString()}/${bits}`;
}

/** Tells whether a string that should be an address is none. */
export function isUnreadableAddress(ip: string | undefined): boolean {
  return ip !== undefined && ip !== '' && parseAddress(ip) === undefined;
}

/** Tells whether an address belongs to no visitor on the internet, but to a proxy or a machine beside the app. */
export function isPrivateAddress(ip: string): boolean {
  const range = parseAddress(ip)?.range();
  return range !== undefined && PRIVATE_RANGES.has(range);
}

const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'private',
  'loopback',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
]);
/** `[2001:db8::1]:443`, `203.0.113.7:443`, `fe80::1%eth0`: the address is in the first group that is there. */
const DECORATED = /^(?:\[([\da-f:.]+)(?:%[\w.-]+)?\](?::\d{1,5})?|([\d.]+):\d{1,5}|([\da-f:.]+)%[\w.-]+)$/i;

function parseAddress(ip: string | undefined): ReturnType<typeof ipaddr.process> | undefined {
  if (ip === undefined) return undefined;
  if (ipaddr.isValid(ip) && !ip.includes('%')) return ipaddr.process(ip);
  const [, bracketed, withPort, withZone] = DECORATED.exec(ip.trim()) ?? [];
  const bare = bracketed ?? withPort ?? withZone;
  return bare !== undefined && ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

// The order matters: most browsers name the ones they descend from.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrome\/|\bChromium\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(?:iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Returns the browser family, for example `Firefox`, or the first product that the user agent names; empty if there is none. */
export function browserFamily(userAgent: string): string {
  const known = firstMatch(BROWSERS, userAgent);
  if (known !== '') return known;
  const product = /^[A-Za-z][\w.-]{0,31}/.exec(userAgent)?.[0] ?? '';
  return product === 'Mozilla' ? '' : product;
}

/** Returns the operating system, for example `Windows`; empty if none is named. */
export function platformOf(userAgent: string): string {
  return firstMatch(PLATFORMS, userAgent);
}

function firstMatch(table: readonly (readonly [RegExp, string])[], text: string): string {
  for (const [pattern, name] of table) if (pattern.test(text)) return name;
  return '';
}
