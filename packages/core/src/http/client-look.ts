import ipaddr from 'ipaddr.js';

/**
 * Gives the network of an address in CIDR notation, or undefined where the address is unknown. An IPv4 address mapped into IPv6 is an IPv4 address.
 */
export function networkOf(ip: string | undefined, v4Bits: number, v6Bits: number): string | undefined {
  if (ip === undefined || !ipaddr.isValid(ip)) return undefined;
  const address = ipaddr.process(ip);
  const bits = address.kind() === 'ipv4' ? v4Bits : v6Bits;
  const family = address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6;
  const bare = address.kind() === 'ipv4' ? address.toString() : address.toNormalizedString();
  return `${family.networkAddressFromCIDR(`${bare}/${bits}`).toString()}/${bits}`;
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

/** Gives the browser's family, for example `Firefox`, or the product that the user agent names first; empty where there is none. */
export function browserFamily(userAgent: string): string {
  const known = firstMatch(BROWSERS, userAgent);
  if (known !== '') return known;
  const product = /^[A-Za-z][\w.-]{0,31}/.exec(userAgent)?.[0] ?? '';
  return product === 'Mozilla' ? '' : product;
}

/** Gives the operating system, for example `Windows`; empty where none is named. */
export function platformOf(userAgent: string): string {
  return firstMatch(PLATFORMS, userAgent);
}

function firstMatch(table: readonly (readonly [RegExp, string])[], text: string): string {
  for (const [pattern, name] of table) if (pattern.test(text)) return name;
  return '';
}
