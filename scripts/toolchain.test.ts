import { describe, expect, it } from 'vitest';
import { isAtLeast, whatIsNeeded, withoutNpmVariables } from './toolchain.mjs';

describe('isAtLeast', () => {
  it.each([
    ['v24.11.0', '24.11.0'],
    ['24.11.1', '24.11.0'],
    ['v24.21.0\n', '24.11.0'],
    ['26.0.0', '24.11.0'],
    ['12.21.0', '12.0.0'],
    ['24.11.0+build.5', '24.11.0'],
  ])('accepts %j where %j is needed', (version, least) => {
    expect(isAtLeast(version, least)).toBe(true);
  });

  it.each([
    ['v20.20.2', '24.11.0'],
    ['v24.9.0', '24.11.0'],
    ['9.15.4', '12.0.0'],
    ['24.11.0-rc.1', '24.11.0'],
    ['', '24.11.0'],
    ['not a version', '24.11.0'],
    [undefined, '24.11.0'],
  ])('refuses %j where %j is needed', (version, least) => {
    expect(isAtLeast(version, least)).toBe(false);
  });
});

describe('whatIsNeeded', () => {
  it('names the version that a command needs, the one that runs it, and a way out', () => {
    expect(whatIsNeeded('pnpm dev', 'v20.20.2')).toMatch(
      /^pnpm dev needs Node\.js 24\.\d+\.\d+ or later, and this is v20\.20\.2\..* npm start/,
    );
    expect(whatIsNeeded('pnpm dev', 'v24.21.0')).toBeUndefined();
  });
});

describe('withoutNpmVariables', () => {
  it("drops what npm sets for its scripts and keeps the user's own", () => {
    const env = { PATH: '/bin', npm_config_registry: 'x', npm_lifecycle_event: 'test', CI: 'true' };
    expect(withoutNpmVariables(env)).toEqual({ PATH: '/bin', CI: 'true' });
  });
});
