/** An address as its 16-bit groups: two for IPv4, eight for IPv6. */
type Groups = readonly number[];

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[\da-f:.]{2,45}$/i;
/** `[2001:db8::1]:443`, `203.0.113.7:443`, `fe80::1%eth0`: the address is in the first group that is there. */
const DECORATED = /^(?:\[([\da-f:.]+)(?:%[\w.-]+)?\](?::\d{1,5})?|([\d.]+):\d{1,5}|([\da-f:.]+)%[\w.-]+)$/i;

/**
 * Returns the network of an address in CIDR notation, or undefined if the address is unknown. An IPv4 address mapped into IPv6 is an IPv4 address. A port,
 * brackets and a zone ID around it, as proxies write them, do not count.
 */
export function networkOf(ip: string | undefined, v4Bits: number, v6Bits: number): string | undefined {
  const groups = parseAddress(ip);
  if (groups === undefined) return undefined;
  const isV4 = groups.length === 2;
  const bits = isV4 ? v4Bits : v6Bits;
  const network = groups.map(
    (group, at) => group & (0xffff << Math.max(0, Math.min(16, 16 * at + 16 - bits))),
  );
  return `${isV4 ? network.flatMap(bytesOf).join('.') : shortened(network)}/${bits}`;
}

/** Tells whether a string that should be an address is none. */
export function isUnreadableAddress(ip: string | undefined): boolean {
  return ip !== undefined && ip !== '' && parseAddress(ip) === undefined;
}

/** Tells whether an address belongs to no visitor on the internet, but to a proxy or a machine beside the app (RFC 1918, 3927, 4193, 4291, 6598). */
export function isPrivateAddress(ip: string): boolean {
  const groups = parseAddress(ip);
  if (groups === undefined) return false;
  const [first = 0, second = 0] = groups;
  if (groups.length === 2) {
    const [a = 0, b = 0] = bytesOf(first);
    return (
      a === 10 ||
      a === 127 ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168)
    );
  }
  if (first === 0 && second === 0) return groups.every((group, at) => group === (at === 7 ? 1 : 0));
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
}

function parseAddress(ip: string | undefined): Groups | undefined {
  if (ip === undefined) return undefined;
  const bare = IPV4.test(ip) ? ip : undecorated(ip);
  if (IPV4.test(bare)) {
    const [a = 0, b = 0, c = 0, d = 0] = bare.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  }
  const host = IPV6.test(bare) ? hostOf(bare) : undefined;
  if (host === undefined) return undefined;
  const groups = expanded(host);
  // An IPv4 address mapped into IPv6 (RFC 4291, section 2.5.5.2).
  const isMapped = groups.every((group, at) => at > 5 || group === (at === 5 ? 0xffff : 0));
  return isMapped ? groups.slice(6) : groups;
}

function undecorated(ip: string): string {
  const [, bracketed, withPort, withZone] = DECORATED.exec(ip.trim()) ?? [];
  return bracketed ?? withPort ?? withZone ?? ip;
}

/** Returns an IPv6 address as the platform's URL parser writes it: in lower case, shortened, without an IPv4 part. */
function hostOf(address: string): string | undefined {
  const url = `http://[${address}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

function expanded(host: string): Groups {
  const [head = '', tail] = host.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const left = Array.isArray(head) ? head : [];
  const right = tail ?? [];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function shortened(groups: Groups): string {
  return hostOf(groups.map((group) => group.toString(16)).join(':')) ?? '';
}

function bytesOf(group: number): readonly number[] {
  return [group >> 8, group & 0xff];
}
