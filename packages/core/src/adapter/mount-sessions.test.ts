import { describe, expect, it } from 'vitest';
import { createSessions } from '../sessions.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { mountSelectedSessions, mountSessions } from './mount-sessions.ts';
import { ParsedRequestView } from './parsed-request-view.ts';

const sessions = createSessions<{ count: number }>({ store: memoryStore(), initial: () => ({ count: 0 }) });
const view = new ParsedRequestView({ method: 'GET', headers: {} });
const session = sessions.open(view).session;

describe('mountSessions', () => {
  it('is called session and loads, unless the options say otherwise', () => {
    expect(mountSessions(sessions, {})).toMatchObject({ name: 'session', lazy: false });
    expect(mountSessions(sessions, { as: 'staff', lazy: true })).toMatchObject({ name: 'staff', lazy: true });
  });

  it.each([
    [{ lazy: 'yes' }, "session option lazy must be true or false; received 'yes'."],
    [{ as: '' }, "session option as must be a property's name such as 'session'; received ''."],
    [{ as: 1 }, "session option as must be a property's name such as 'session'; received 1."],
    [{ passive: 1 }, 'session option passive must be true, false or a function of the request; received 1.'],
    [
      { serveCrossSite: 'all' },
      "session option serveCrossSite must be true, false or a function of the request; received 'all'.",
    ],
    [
      { lasy: true },
      'session option lasy must be left out: the options are lazy, as, passive and serveCrossSite; received true.',
    ],
  ])('says of %o what is wrong with it', (options, message) => {
    const given: object = options;
    expect(() => mountSessions(sessions, given)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message }),
    );
  });

  it('says so if the sessions are missing', () => {
    expect(() => mountSessions(JSON.parse('{}'), {})).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIG',
        message: 'session(sessions) must be what createSessions() returned; received an object.',
      }),
    );
  });

  describe('admits a write from another site', () => {
    const post = () =>
      sessions.open(
        new ParsedRequestView({
          method: 'POST',
          headers: { host: 'a.example', 'sec-fetch-site': 'cross-site' },
        }),
      );

    it('never by default, lazy or not: it is refused before the handler', async () => {
      for (const lazy of [false, true]) {
        const admission = mountSessions(sessions, { lazy }).admit(post(), undefined);
        await expect(admission).rejects.toMatchObject({ code: 'ERR_CROSS_SITE', status: 403 });
      }
    });

    it('as a visitor without a session, if serveCrossSite or its function says so', async () => {
      for (const serveCrossSite of [true, (path: string) => path === '/callback']) {
        const mount = mountSessions<{ count: number }, string>(sessions, { serveCrossSite });
        const visit = post();
        await mount.admit(visit, '/callback');
        expect(visit.session.ended).toEqual({ reason: 'cross-site' });
      }
      const mount = mountSessions<{ count: number }, string>(sessions, { serveCrossSite: () => false });
      await expect(mount.admit(post(), '/')).rejects.toMatchObject({ code: 'ERR_CROSS_SITE' });
    });
  });

  it('treats an option that is undefined as left out', () => {
    const options = JSON.parse('{}');
    options.lazy = undefined;
    expect(mountSessions(sessions, options).lazy).toBe(false);
  });

  it('opens passive visits if the option or its function says so', () => {
    const opened: unknown[] = [];
    const spied = {
      ...sessions,
      open: (...given: Parameters<typeof sessions.open>) => {
        opened.push(given[1]?.passive ?? false);
        return sessions.open(...given);
      },
    };
    mountSessions(spied, {}).open(view, '/');
    mountSessions(spied, { passive: true }).open(view, '/');
    const { open } = mountSessions<unknown, string>(spied, { passive: (path) => path === '/poll' });
    open(view, '/');
    open(view, '/poll');
    expect(opened).toEqual([false, true, false, true]);
  });
});

describe('rejoin', () => {
  it('admits a request that has the same sessions, by the options of the inner mount, and rejects any other value', async () => {
    const outer = mountSessions(sessions, { lazy: true });
    const { session: present } = outer.open(view, undefined);
    await mountSessions(sessions, {}).rejoin(present, undefined);
    expect(present.id).toBeUndefined();
    const other = createSessions<{ count: number }>({ store: memoryStore(), initial: () => ({ count: 0 }) });
    for (const value of [undefined, null, 'session', {}, other.open(view).session, present]) {
      await expect(mountSessions(other, {}).rejoin(value, undefined)).rejects.toMatchObject({
        code: 'ERR_CONFIG',
      });
    }
  });

  it('knows sessions that one function selects, even if it creates them each time', async () => {
    const select = () =>
      createSessions<{ count: number }>({ store: memoryStore(), initial: () => ({ count: 0 }) });
    const [outer, inner] = [mountSelectedSessions(select, {}), mountSelectedSessions(select, {})];
    const request = {};
    await inner.rejoin(outer.open(view, request).session, request);
    await expect(
      mountSelectedSessions(() => sessions, {}).rejoin(outer.open(view, request).session, request),
    ).rejects.toMatchObject({ code: 'ERR_CONFIG' });
  });
});

describe('attach', () => {
  it('puts each session under its name on its own request', () => {
    const [first, second] = [{}, {}];
    const { attach } = mountSessions(sessions, {});
    const other = sessions.open(view).session;
    attach(first, session);
    attach(second, other);
    expect(first).toHaveProperty('session', session);
    expect(second).toHaveProperty('session', other);
  });

  it('throws if the property is assigned to, and keeps the session', () => {
    const request = {};
    mountSessions(sessions, {}).attach(request, session);
    expect(() => Object.assign(request, { session: null })).toThrow('await session.destroy()');
    expect(request).toHaveProperty('session', session);
  });

  it('rejects a name that the request has already, own or inherited', () => {
    const { attach } = mountSessions(sessions, { as: 'toString' });
    expect(() => attach({}, session)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });
});
