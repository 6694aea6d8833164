import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyString } from '../../../test/support/arbitrary-state.ts';
import { request } from '../../../test/support/request.ts';
import { thrown } from '../../../test/support/set-up.ts';
import { bearer, form, header, query } from './plain.ts';

describe('bearer()', () => {
  const read = (authorization?: string) =>
    bearer().read(request({ headers: authorization === undefined ? {} : { authorization } }));

  it.for<[authorization: string | undefined, values: readonly string[]]>([
    [undefined, []],
    ['', []],
    ['Bearer abc', ['abc']],
    ['bearer abc', ['abc']],
    ['BEARER   abc  ', ['abc']],
    ['Bearer', []],
    ['Bearer ', []],
    ['Bearer a b', []],
    ['Bearerabc', []],
    ['Basic dXNlcjpwYXNz', []],
    ['abc', []],
    [' Bearer abc', []],
  ])('reads %j as %j', ([authorization, values]) => {
    expect(read(authorization)).toEqual(values);
  });

  it('reads any value without throwing, and without a blank in what it reads', () => {
    fc.assert(
      fc.property(anyString(), (text) => {
        for (const value of [...read(text), ...read(`Bearer ${text}`)]) expect(value).not.toContain(' ');
      }),
    );
  });

  it('takes linear time, so a header of blanks does not delay the server', () => {
    expect(read(`Bearer${' '.repeat(16_000)}`)).toEqual([]);
    expect(read(`Bearer ${'a '.repeat(8000)}`)).toEqual([]);
  });

  it('varies the response by Authorization, and puts no token into headers of its own', () => {
    expect(bearer()).toMatchObject({ sentAutomatically: false, inPageOrUrl: false, vary: 'authorization' });
    expect(bearer().issue('TOKEN', undefined)).toEqual([]);
    expect(bearer().clear()).toEqual([]);
  });

  it('takes no options, since one that is ignored would leave the token unbound', () => {
    const { message } = thrown(() => Reflect.apply(bearer, undefined, [{ dpop: true }]), 'ERR_CONFIG');
    expect(message).toBe(
      'bearer(options) must be left out; write dpop() to bind tokens to keys; received an object.',
    );
  });
});

describe('header(name)', () => {
  it('reads the header by its name in any case', () => {
    const transport = header('X-Session');
    expect(transport.read(request({ headers: { 'x-session': 'abc' } }))).toEqual(['abc']);
    expect(transport.read(request({ headers: { 'x-session': '' } }))).toEqual([]);
    expect(transport.read(request())).toEqual([]);
    expect(transport).toMatchObject({ sentAutomatically: false, inPageOrUrl: false, vary: 'x-session' });
    expect(transport.issue('TOKEN', 5)).toEqual([]);
    expect(transport.clear()).toEqual([]);
  });

  it.for(['', 'a b', 'x:y', '-x', 'cookie', 'Cookie', 'x\n', 5, undefined, null])(
    'refuses the name %j',
    (name) => {
      const wrong = name as string;
      expect(thrown(() => header(wrong), 'ERR_CONFIG').message).toMatch(
        /^header\(name\) must be a header's name/,
      );
    },
  );
});

describe.for([
  { name: 'query(name)', make: query, kind: 'query' },
  { name: 'form(name)', make: form, kind: 'form' },
] as const)('$name', ({ name, make, kind }) => {
  it('reads the field of that name', () => {
    const transport = make('session');
    expect(transport.read(request({ [kind]: { session: 'abc' } }))).toEqual(['abc']);
    expect(transport.read(request({ [kind]: { session: '' } }))).toEqual([]);
    expect(transport.read(request({ [kind]: { Session: 'abc' } }))).toEqual([]);
    expect(transport.read(request())).toEqual([]);
  });

  it('reads nothing else', () => {
    const other = kind === 'query' ? 'form' : 'query';
    const parts = { [other]: { session: 'abc' }, headers: { session: 'abc', cookie: 'session=abc' } };
    expect(make('session').read(request(parts))).toEqual([]);
  });

  it('declares that its token is in a page or URL (ASVS 14.2.1), and puts it into no header', () => {
    expect(make('session').issue('TOKEN', undefined)).toEqual([]);
    expect(make('session').clear()).toEqual([]);
    expect(make('session')).toMatchObject({ sentAutomatically: false, inPageOrUrl: true, vary: undefined });
  });

  it.for(['', 'a b', 'a[b]', 'a.b', '1a', '__proto__', 'a\n', 5, undefined, null])(
    'refuses the name %j',
    (given) => {
      const wrong = given as string;
      const { message } = thrown(() => make(wrong), 'ERR_CONFIG');
      expect(message.startsWith(`${name} must be a name of letters`)).toBe(true);
    },
  );
});
