import { describe, expect, it } from 'vitest';
import { HistoryError } from '../history/reader.ts';
import { check } from './check.ts';
import { cleanStory, Story, shows } from './testing/story.ts';
import { VIOLATION_KINDS, type ViolationKind } from './violation.ts';

const RECEIPT = { order: 'order1', session: 'A', marks: 'ann.1 ann.2' };

function kindsOf(story: Story): readonly ViolationKind[] {
  return [...new Set(check(story.end()).violations.map(({ kind }) => kind))];
}

describe('a clean history', () => {
  it('has no violations', () => {
    expect(check(cleanStory().end())).toMatchObject({ violations: [], undone: [] });
  });

  it('has none where the outcome of an update is unknown, whether it is read later or not', () => {
    const story = () =>
      cleanStory().request({ client: 'bob', action: 'add', token: 't2', mark: 'bob.2' }, { kind: 'lost' });
    expect(kindsOf(story().request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1') }))).toEqual(
      [],
    );
    const seen = shows('B', 'bob.1 bob.2');
    expect(kindsOf(story().request({ client: 'bob', token: 't2' }, { reply: seen }))).toEqual([]);
  });

  it('has none where a read began before the update was acknowledged', () => {
    const story = cleanStory();
    const endRead = story.begin({ client: 'bob', token: 't2' });
    story.request(
      { client: 'bob', action: 'add', token: 't2', mark: 'bob.2' },
      { reply: { loaded: { id: 'B', marks: 'bob.1' }, after: { id: 'B', marks: 'bob.1 bob.2' } } },
    );
    endRead({ reply: shows('B', 'bob.1') });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where a sign-in that failed may have replaced the token that it was handed and passed on', () => {
    const story = cleanStory({ strikes: true })
      .fault('begins')
      .fault('ends')
      .request(
        { action: 'sign-in', token: 't3', user: 'user1' },
        {
          status: 503,
          reply: {
            ...shows('C', '', 'user1'),
            ended: 'finished',
            receipt: RECEIPT,
            code: 'ERR_STORE_UNAVAILABLE',
            isUnknown: true,
          },
          sets: 't4',
        },
      )
      .request({ token: 't4' }, { reply: { ...shows(undefined), ended: 'unknown' } });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where a server closed an idle connection', () => {
    const story = cleanStory()
      .wait(10_010)
      .request({ client: 'bob', token: 't2' }, { kind: 'lost', wasIdle: true });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where a sign-out without a response explains that a session is gone', () => {
    const story = cleanStory()
      .request({ client: 'bob', action: 'sign-out', token: 't2' }, { kind: 'lost' })
      .request({ client: 'bob', token: 't2' }, { reply: { ...shows(undefined), ended: 'unknown' } });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where a token was replaced by the timer longer ago than the grace', () => {
    const story = cleanStory()
      .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1'), sets: 't5' })
      .request({ client: 'bob', token: 't5' }, { reply: shows('B', 'bob.1') })
      .wait(13_000)
      .request({ client: 'bob', token: 't2' }, { reply: { ...shows(undefined), ended: 'retired' } });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where a session with a lifetime of its own has ended', () => {
    const story = signedInFor(4000)
      .wait(3950)
      .request({ client: 'bob', token: 't5' }, { reply: { ...shows(undefined), ended: 'absolute' } });
    expect(kindsOf(story)).toEqual([]);
  });

  it('has none where the documented errors came in time', () => {
    const story = cleanStory({ strikes: true })
      .fault('begins')
      .fault('ends')
      .request(
        { client: 'bob', action: 'add', token: 't2', mark: 'bob.2' },
        { status: 503, reply: { code: 'ERR_STORE_UNAVAILABLE', isUnknown: true, ...shows('B', 'bob.1') } },
      );
    expect(kindsOf(story)).toEqual([]);
  });
});

/** Bob has signed in for so many milliseconds. */
function signedInFor(lifetime: number): Story {
  return cleanStory().request(
    { client: 'bob', action: 'sign-in', token: 't2', user: 'user2', lifetime },
    {
      reply: { loaded: { id: 'B', marks: 'bob.1' }, after: { id: 'B', user: 'user2', marks: 'bob.1' } },
      sets: 't5',
    },
  );
}

/** For each kind, histories in which one violation is planted. */
const PLANTED: readonly (readonly [kind: ViolationKind, what: string, story: () => Story])[] = [
  [
    'lost update',
    'an acknowledged update is missing in a later read',
    () => cleanStory().request({ client: 'bob', token: 't2' }, { reply: shows('B', '') }),
  ],
  [
    'lost update',
    'an acknowledged update is missing in the receipt',
    () =>
      cleanStory().request(
        { client: 'bob', action: 'finish', token: 't2' },
        {
          reply: {
            loaded: { id: 'B', marks: 'bob.1' },
            after: { marks: '' },
            won: true,
            receipt: { order: 'order2', session: 'B', marks: '' },
          },
        },
      ),
  ],
  [
    'lost update',
    'an update whose outcome was unknown is seen, and then gone',
    () =>
      cleanStory()
        .request({ client: 'bob', action: 'add', token: 't2', mark: 'bob.2' }, { kind: 'lost' })
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1 bob.2') })
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    'refused update',
    'an update that was refused for certain is read',
    () =>
      cleanStory()
        .request({ client: 'bob', action: 'sign-in', token: 't2', user: 'user2' }, { kind: 'lost' })
        .request(
          { client: 'bob', action: 'add', token: 't2', mark: 'bob.2' },
          { status: 409, reply: { code: 'ERR_SESSION_ENDED', isUnknown: false, ...shows('B', 'bob.1') } },
        )
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1 bob.2') }),
  ],
  [
    'refused update',
    'an update of a server that was not there is read',
    () =>
      cleanStory()
        .request({ client: 'bob', action: 'add', token: 't2', mark: 'bob.2' }, { kind: 'refused' })
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1 bob.2') }),
  ],
  [
    'unknown update',
    'a mark is read that nobody wrote',
    () => cleanStory().request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1 bob.9') }),
  ],
  [
    'repeated update',
    'an update is there twice',
    () => cleanStory().request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1 bob.1') }),
  ],
  [
    'repeated update',
    'an update is in two sessions',
    () => cleanStory().request({ token: 't4' }, { reply: shows('C', 'ann.1', 'user1') }),
  ],
  [
    'finished twice',
    'two requests finished one session',
    () => {
      const story = cleanStory();
      const asked = { client: 'bob', action: 'finish', token: 't2' } as const;
      const reply = {
        loaded: { id: 'B', marks: 'bob.1' },
        after: { marks: '' },
        won: true,
        receipt: { order: 'order2', session: 'B', marks: 'bob.1' },
      };
      const [endOne, endOther] = [story.begin(asked), story.begin(asked)];
      endOne({ reply });
      endOther({ reply });
      return story;
    },
  ],
  [
    'two orders',
    'the receipt of a session changes',
    () =>
      cleanStory().request(
        { token: 't3' },
        { reply: { ...shows('C', '', 'user1'), receipt: { ...RECEIPT, order: 'order2' } } },
      ),
  ],
  [
    'two successors',
    'two sessions are handed out in the place of one',
    () => cleanStory().request({ token: 't3' }, { reply: { ...shows('D', '', 'user1'), receipt: RECEIPT } }),
  ],
  [
    'served after its end',
    'a session is served after its sign-out',
    () =>
      cleanStory()
        .request(
          { client: 'bob', action: 'sign-out', token: 't2' },
          { reply: { loaded: { id: 'B', marks: 'bob.1' }, after: { marks: '' } }, clears: true },
        )
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    'served after its end',
    'a successor is served after a sign-out with the token of the session before',
    () =>
      cleanStory()
        .request(
          { action: 'sign-out', token: 't3' },
          { reply: { ...shows('C', '', 'user1'), receipt: RECEIPT } },
        )
        .request({ token: 't4' }, { reply: shows('C', '', 'user1') }),
  ],
  [
    'served after its end',
    'a finished session is served',
    () => cleanStory().request({ token: 't3' }, { reply: shows('A', 'ann.1 ann.2', 'user1') }),
  ],
  [
    'served after its end',
    'a session is served after all of its user were revoked',
    () =>
      cleanStory()
        .request({ action: 'revoke-user', token: 't4', user: 'user1' }, { reply: shows('C', '', 'user1') })
        .request({ token: 't4' }, { reply: shows('C', '', 'user1') }),
  ],
  [
    'served after its end',
    'a session is served after its own revocation',
    () =>
      cleanStory()
        .request(
          { action: 'revoke', token: 't4', user: 'user1', target: 'C' },
          { reply: { ...shows('C', '', 'user1'), won: true } },
        )
        .request({ token: 't4' }, { reply: shows('C', '', 'user1') }),
  ],
  [
    'served after its end',
    'a session is served after all were revoked',
    () =>
      cleanStory()
        .request({ action: 'revoke-all' }, { reply: shows(undefined) })
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    'served after its end',
    'a session is served after its own lifetime',
    () =>
      signedInFor(4000)
        .wait(4200)
        .request({ client: 'bob', token: 't5' }, { reply: shows('B', 'bob.1', 'user2') }),
  ],
  [
    'replaced token',
    'the token before a sign-in is accepted',
    () => {
      const story = new Story().server(0, 'started').server(1, 'started');
      for (const server of [0, 1]) {
        story.request(
          { server, action: 'add', mark: `ann.${server}` },
          {
            reply: { loaded: { marks: '' }, after: { id: `A${server}`, marks: `ann.${server}` } },
            sets: `t${server}`,
          },
        );
      }
      return story
        .request(
          { action: 'sign-in', token: 't0', user: 'user1' },
          {
            reply: {
              loaded: { id: 'A0', marks: 'ann.0' },
              after: { id: 'A0', user: 'user1', marks: 'ann.0' },
            },
            sets: 't3',
          },
        )
        .request({ token: 't0' }, { reply: shows('A0', 'ann.0', 'user1') });
    },
  ],
  [
    'token not granted',
    'a token is accepted that no server sent',
    () => cleanStory().request({ client: 'bob', token: 'forged1' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    'token not granted',
    'a session is served without a token',
    () => cleanStory().request({ client: 'bob' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    'token not granted',
    'a token opens another session',
    () =>
      cleanStory()
        .request(
          { client: 'bob', action: 'add', mark: 'bob.2' },
          { reply: { loaded: { marks: '' }, after: { id: 'E', marks: 'bob.2' } }, sets: 't6' },
        )
        .request({ client: 'bob', token: 't2' }, { reply: shows('E', 'bob.2') }),
  ],
  [
    'lost session',
    'a token is refused without a cause',
    () =>
      cleanStory().request(
        { client: 'bob', token: 't2' },
        { reply: { ...shows(undefined), ended: 'unknown' } },
      ),
  ],
  [
    'lost session',
    'an update is told that the session has ended, without a cause',
    () =>
      cleanStory().request(
        { client: 'bob', action: 'add', token: 't2', mark: 'bob.2' },
        { status: 409, reply: { code: 'ERR_SESSION_ENDED', isUnknown: false, ...shows('B', 'bob.1') } },
      ),
  ],
  [
    'lost session',
    'the finish that granted a token does not explain that it is refused',
    () => cleanStory().request({ token: 't4' }, { reply: { ...shows(undefined), ended: 'unknown' } }),
  ],
  [
    'lost session',
    'a replaced token is refused within the grace',
    () =>
      cleanStory()
        .request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1'), sets: 't5' })
        .request({ client: 'bob', token: 't5' }, { reply: shows('B', 'bob.1') })
        .wait(5000)
        .request({ client: 'bob', token: 't2' }, { reply: { ...shows(undefined), ended: 'retired' } }),
  ],
  [
    'lost session',
    'a customer who repeats the token of the finish does not receive the successor',
    () =>
      cleanStory().request(
        { token: 't3' },
        { reply: { ...shows(undefined), receipt: RECEIPT, ended: 'finished' } },
      ),
  ],
  [
    "another's data",
    'a browser is shown an update of another one',
    () => cleanStory().request({ client: 'eve', token: 't2' }, { reply: shows('B', 'bob.1') }),
  ],
  [
    "another's data",
    'a browser is served as a user whom it never signed in',
    () => cleanStory().request({ client: 'bob', token: 't2' }, { reply: shows('B', 'bob.1', 'user1') }),
  ],
  [
    'undocumented error',
    'an error has no code of the documentation',
    () =>
      cleanStory().request(
        { client: 'bob', token: 't2' },
        { status: 500, reply: { code: 'TypeError', message: 'x is undefined', isUnknown: true } },
      ),
  ],
  [
    'undocumented error',
    'an error has the status of another one',
    () =>
      cleanStory().request(
        { client: 'bob', token: 't2' },
        { status: 500, reply: { code: 'ERR_STORE_UNAVAILABLE' } },
      ),
  ],
  [
    'unbounded time',
    'a request takes longer than every documented time',
    () => {
      const story = cleanStory();
      const end = story.begin({ client: 'bob', token: 't2' });
      story.wait(16_000);
      end({ reply: shows('B', 'bob.1') });
      return story;
    },
  ],
  [
    'unexplained failure',
    'a running server refuses a connection',
    () => cleanStory().request({ client: 'bob', server: 1, token: 't2' }, { kind: 'refused' }),
  ],
  [
    'unexplained failure',
    'a server breaks a connection long after it was killed',
    () => cleanStory().wait(10_010).request({ client: 'bob', token: 't2' }, { kind: 'lost' }),
  ],
  [
    'unexplained failure',
    'the store stays unavailable after a fault',
    () => {
      const story = cleanStory({ strikes: true }).fault('begins').fault('ends').wait(10_010);
      return story.request(
        { client: 'bob', token: 't2' },
        { status: 503, reply: { code: 'ERR_STORE_UNAVAILABLE', isUnknown: false } },
      );
    },
  ],
  ['dead process', 'a server ends by itself', () => cleanStory().server(1, 'died', 'exit code 1')],
  ['dead process', 'a server does not recover', () => cleanStory().server(1, 'lost')],
];

describe('a planted violation is found:', () => {
  it.for(PLANTED)('%s, where %s', ([kind, , story]) => {
    expect(kindsOf(story())).toEqual([kind]);
  });

  it('one of every kind', () => {
    expect([...new Set(PLANTED.map(([kind]) => kind))].sort()).toEqual([...VIOLATION_KINDS].sort());
  });

  it('a request that was stopped with its server is not slow', () => {
    const story = cleanStory();
    const end = story.begin({ client: 'bob', token: 't2' });
    story.server(0, 'paused').wait(16_000).server(0, 'resumed');
    end({ reply: shows('B', 'bob.1') });
    expect(kindsOf(story)).toEqual([]);
  });
});

describe('what a failover undoes', () => {
  const failover = { strikes: true, undoes: 'failover' } as const;
  const lostRead = { reply: shows('B', '') };

  it('is no violation near the failover, and is counted', () => {
    const story = cleanStory(failover)
      .fault('begins')
      .fault('ends')
      .request({ client: 'bob', token: 't2' }, lostRead);
    expect(check(story.end())).toMatchObject({ violations: [], undone: [{ kind: 'lost update' }] });
  });

  it('is a violation if it had been acknowledged long before', () => {
    const story = cleanStory(failover)
      .wait(10_000)
      .fault('begins')
      .fault('ends')
      .request({ client: 'bob', token: 't2' }, lostRead);
    expect(kindsOf(story)).toEqual(['lost update']);
  });

  it('is a violation under any other fault', () => {
    const story = cleanStory({ strikes: true })
      .fault('begins')
      .fault('ends')
      .request({ client: 'bob', token: 't2' }, lostRead);
    expect(kindsOf(story)).toEqual(['lost update']);
  });

  it('never is data of another browser', () => {
    const story = cleanStory(failover)
      .fault('begins')
      .fault('ends')
      .request({ client: 'eve', token: 't2' }, { reply: shows('B', 'bob.1') });
    expect(kindsOf(story)).toEqual(["another's data"]);
  });
});

describe('a run that shows nothing is an error:', () => {
  const add = (server: number): Story =>
    new Story().request(
      { server, action: 'add', mark: `ann.${server}` },
      { reply: { loaded: { marks: '' }, after: { id: 'A', marks: `ann.${server}` } }, sets: 't1' },
    );

  it.for<[what: string, story: Story, message: string]>([
    ['no server started', add(0), 'Server 0 did not start'],
    ['a server did not start', add(0).server(0, 'started'), 'Server 1 did not start'],
    [
      'a server accepted nothing',
      add(0).server(0, 'started').server(1, 'started'),
      'Server 1 accepted no update',
    ],
    ['the nemesis did nothing', cleanStory({ strikes: true }), 'made no fault'],
    ['a fault was not mended', cleanStory({ strikes: true }).fault('begins'), 'does not end'],
  ])('%s', ([, story, message]) => {
    expect(() => check(story.end())).toThrow(HistoryError);
    expect(() => check(story.end())).toThrow(message);
  });

  it('a request has no outcome', () => {
    const story = cleanStory();
    story.begin({});
    expect(() => check(story.end())).toThrow('has no outcome');
  });

  it('it does not say what was run', () => {
    expect(() => check(cleanStory().end().slice(1))).toThrow(HistoryError);
  });
});
