import { describe, expect, it } from 'vitest';
import { hasPrefix, prefixPattern, redisKey } from './keys.ts';

describe('a key in Redis', () => {
  it('is the prefix and the session ID', () => {
    expect(redisKey('coatcheck:', 'Rk9PQkFSYmF6cXV1eDEyMw')).toBe('coatcheck:Rk9PQkFSYmF6cXV1eDEyMw');
  });

  it('never belongs to another prefix', () => {
    expect(redisKey('shop:', 'eu:a')).not.toBe(redisKey('shop:eu:', 'a'));
    expect(redisKey('shop:', 'a:b')).not.toBe(redisKey('shop:', 'a%3Ab'));
    expect(hasPrefix('shop:', redisKey('shop:', 'eu:a'))).toBe(true);
    expect(hasPrefix('shop:', redisKey('shop:eu:', 'a'))).toBe(false);
    expect(hasPrefix('shop:', 'other')).toBe(false);
  });

  it('is rejected if encoding would change it', () => {
    expect(() => redisKey('shop:', 'a\uDC00')).toThrow(TypeError);
  });
});

describe('the pattern of a prefix', () => {
  it('escapes the special characters of Redis patterns', () => {
    expect(prefixPattern('a*?[b]\\:')).toBe('a\\*\\?\\[b\\]\\\\:*');
  });
});
