import { type Seeded, seeded } from '../../../packages/core/test/fuzz/seeded.ts';

/** Draws HTTP requests as bytes: mostly what a browser sends, with parts that no browser would. */
export class RequestDraw {
  readonly #random: Seeded;
  /** Tokens that the server has issued. */
  readonly #tokens: string[] = [];

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** Keeps a token for later requests. */
  note(token: string): void {
    if (this.#tokens.length < 200) this.#tokens.push(token);
    else this.#tokens[this.#random.int(200)] = token;
  }

  /** Draws one request; `isLast` closes the connection. */
  draw(isLast: boolean): string {
    const method = this.#pick(this.#random.chance(0.98) ? METHODS : ODD_METHODS);
    const target = this.#target();
    const version = this.#random.chance(0.995)
      ? 'HTTP/1.1'
      : this.#pick(['HTTP/1.0', 'HTTP/9.9', 'HTTP/1.', '']);
    const headers = [this.#host(), ...this.#credentials(), ...this.#origins(), ...this.#others()];
    const body = this.#body(method);
    if (body !== undefined) headers.push(`Content-Length: ${Buffer.byteLength(body, 'latin1')}`);
    headers.push(isLast ? 'Connection: close' : 'Connection: keep-alive');
    return `${method} ${target} ${version}\r\n${headers.join('\r\n')}\r\n\r\n${body ?? ''}`;
  }

  #target(): string {
    if (this.#random.chance(0.85)) {
      const path = this.#pick(['/', '/add', '/enter', '/leave', '/show']);
      return this.#random.chance(0.3) ? `${path}?s=${this.#token()}` : path;
    }
    return this.#pick(TARGETS).replace('~', () => this.#junk(20).replace(/[\s]/g, '.'));
  }

  #host(): string {
    return this.#random.chance(0.99) ? 'Host: localhost' : this.#pick(HOSTS);
  }

  #credentials(): string[] {
    const lines: string[] = [];
    if (this.#random.chance(0.7)) lines.push(`Cookie: ${this.#pick(COOKIE_NAMES)}=${this.#token()}`);
    if (this.#random.chance(0.1))
      lines.push(`Cookie: ${this.#pick(COOKIE_NAMES)}=${this.#token()}; ${this.#junk(40)}`);
    if (this.#random.chance(0.02))
      lines.push(`Cookie: ${'a=b; '.repeat(this.#random.int(1000))}__Host-session=${this.#token()}`);
    if (this.#random.chance(0.1))
      lines.push(`Authorization: ${this.#pick(['Bearer ', 'bearer', 'Basic '])}${this.#token()}`);
    if (this.#random.chance(0.1)) lines.push(`X-Session: ${this.#token()}`);
    return lines;
  }

  #origins(): string[] {
    const lines: string[] = [];
    if (this.#random.chance(0.3)) lines.push(`Origin: ${this.#pick(ORIGINS)}`);
    if (this.#random.chance(0.5)) lines.push(`Sec-Fetch-Site: ${this.#pick(SITES)}`);
    if (this.#random.chance(0.1)) lines.push(`Referer: ${this.#pick(ORIGINS)}`);
    if (this.#random.chance(0.1)) lines.push(`X-Forwarded-For: ${this.#pick(ADDRESSES)}`);
    return lines;
  }

  #others(): string[] {
    const lines: string[] = [];
    if (this.#random.chance(0.7))
      lines.push(`User-Agent: ${this.#random.chance(0.7) ? 'Mozilla/5.0 Chrome/140.0' : this.#junk(60)}`);
    if (this.#random.chance(0.02)) lines.push(this.#pick(ODD_HEADERS));
    if (this.#random.chance(0.05))
      lines.push(`${this.#pick(['X-A', 'Accept-Language', 'If-None-Match', 'Range'])}: ${this.#junk(50)}`);
    return lines;
  }

  #body(method: string): string | undefined {
    if (!['POST', 'PUT', 'PATCH'].includes(method)) return undefined;
    return this.#random.chance(0.5) ? '' : `s=${this.#token()}&${this.#junk(30)}`;
  }

  /** A token of the server, one with a fault, or none. */
  #token(): string {
    const known = this.#tokens[this.#random.int(Math.max(1, this.#tokens.length))] ?? 'A'.repeat(65);
    const draw = this.#random.int(100);
    if (draw < 50) return known;
    if (draw < 70) {
      const at = this.#random.int(known.length);
      return `${known.slice(0, at)}${this.#pick(['A', '', '-', '%', '\u00ff', ';', '"', ' '])}${known.slice(at + 1)}`;
    }
    if (draw < 80) return known.slice(0, this.#random.int(known.length));
    return draw < 85 ? known.repeat(this.#random.int(50)) : this.#junk(80);
  }

  /** Characters from a space to 0xff, without line breaks. */
  #junk(most: number): string {
    let junk = '';
    for (let left = this.#random.int(most); left > 0; left -= 1)
      junk += String.fromCharCode(33 + this.#random.int(223));
    return junk.replaceAll('\u007f', '');
  }

  #pick(from: readonly string[]): string {
    return from[this.#random.int(from.length)] ?? '';
  }
}

const METHODS = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const ODD_METHODS = ['TRACE', 'PROPFIND', 'QUERY', 'FOO', 'get', ''];
const TARGETS = [
  '//',
  '///',
  'http://[/',
  'http://localhost/',
  'http://',
  '*',
  '/%',
  '/%ff%00',
  '/?s=%',
  '/?s=%ff',
  '/?s[]=a&s[x]=b',
  '/?s=a&s=b',
  '/..//../',
  '/~',
  '/?~',
  '?s=~',
  'http://[::1]:x/',
  '/\\',
  '/;a=b',
  '/add/%2f?__proto__=1',
  'localhost:80',
  '/?s=~&s=~',
];
const HOSTS = [
  'Host:',
  'Host: [',
  'Host: a b',
  'Host: localhost:99999',
  'Host: localhost\r\nHost: evil.example',
  'X-No-Host: 1',
  'Host: \u00ff',
  'Host: user@localhost',
];
const COOKIE_NAMES = [
  '__Host-session',
  '__Host-session',
  '__Host-session',
  '__Host-session',
  'session',
  '__host-session',
  '',
  ' ',
];
const ORIGINS = [
  'http://localhost',
  'https://localhost',
  'http://evil.example',
  'null',
  '',
  'http://[',
  '//',
  'http://localhost:80',
  'javascript:',
  'capacitor://localhost',
  '\u00ff',
];
const SITES = ['same-origin', 'same-origin', 'same-origin', 'none', 'cross-site', 'same-site', '', 'odd'];
const ADDRESSES = [
  '203.0.113.7',
  '::1',
  '[::1]:80',
  'x',
  '',
  '1.2.3.4, 5.6.7.8',
  '999.1.1.1',
  'fe80::1%eth0',
];
const ODD_HEADERS = [
  'Expect: 100-continue',
  'Expect: odd',
  'Upgrade: websocket',
  'Transfer-Encoding: odd',
  'Content-Type: multipart/form-data',
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Type: ;',
  'Content-Type: application/json',
  'X-HTTP-Method-Override: POST',
  ': empty',
  '__proto__: 1',
  'constructor: x',
];
