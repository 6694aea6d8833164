import { describe, expect, it } from 'vitest';
import { pooledRandomBytes } from '../../common/random.ts';
import { drawToken } from '../../session/token.ts';
import { ALL, decodeNotices, encodeNotices, MAX_NOTICES, type Notice } from './notices.ts';

const ENDED = Number.POSITIVE_INFINITY;
const draw = () => drawToken(pooledRandomBytes()).id;

describe('a message', () => {
  it('brings back each ID with its generation', () => {
    const notices: Notice[] = [
      { sessionId: draw(), generation: 7 },
      { sessionId: draw(), generation: ENDED },
    ];
    expect(decodeNotices(encodeNotices(notices))).toEqual(notices);
  });

  it('contains IDs and generations only', () => {
    const sessionId = draw();
    expect(encodeNotices([{ sessionId, generation: ENDED }])).toBe(sessionId);
    expect(encodeNotices([{ sessionId, generation: 2 }])).toBe(`${sessionId}:2`);
  });

  it('fits into a NOTIFY, which holds less than 8000 bytes, and into the 4096 characters of the contract', () => {
    const most = Array.from({ length: MAX_NOTICES }, () => ({
      sessionId: draw(),
      generation: 999_999_999_999_999,
    }));
    expect(encodeNotices(most).length).toBeLessThanOrEqual(4096);
  });

  it.for(['', '*', 'x', `${draw()}:`, `${draw()}:-1`, `${draw()}:1e9`, `${draw()} x`, '\0'])(
    'that cannot be read, such as %j, says that any session may have ended',
    (message) => {
      expect(decodeNotices(message)).toBe(ALL);
    },
  );
});
