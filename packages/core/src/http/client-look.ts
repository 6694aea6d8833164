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
