import { describe, expect, it } from 'vitest';
import { createSessions } from '../sessions.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { FetchRequestView } from './fetch-request-view.ts';
import { findFetchVisit, openFetchVisit } from './fetch-visit.ts';

const makeSessions = () =>
  createSessions<{ count: number }>({ store: memoryStore(), initial: () => ({ count: 0 }) });
const sealed = expect.objectContaining({ code: 'ERR_RESPONSE_SEALED' });

function openFor(request: Request, sessions = makeSessions()) {
  return openFetchVisit(sessions, request, () => sessions.open(new FetchRequestView(request, {})));
}

describe('openFetchVisit', () => {
  it('opens one visit for the same sessions and request, which findFetchVisit finds until it is finished', () => {
    const [sessions, request] = [makeSessions(), new Request('https://shop.example/')];
    expect(findFetchVisit(sessions, request)).toBeUndefined();
    const { visit, finish } = openFor(request, sessions);
    expect(findFetchVisit(sessions, request)).toBe(visit);
    expect(findFetchVisit(makeSessions(), request)).toBeUndefined();
    expect(() => openFor(request, sessions)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
    finish(new Response());
    expect(findFetchVisit(sessions, request)).toBeUndefined();
    expect(() => openFor(request, sessions)).not.toThrow();
  });

  it('puts the token on a copy of the response, which may be immutable or shared', async () => {
    const { visit, finish } = openFor(new Request('https://shop.example/'));
    await visit.session.update({ count: 1 });
    const response = Response.redirect('https://shop.example/cart');
    const finished = finish(response);
    expect(finished.headers.getSetCookie()).toHaveLength(1);
    expect([finished.status, finished.headers.get('location')]).toEqual([302, 'https://shop.example/cart']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it('returns the response itself if the session was left alone', () => {
    const response = new Response('coats');
    expect(openFor(new Request('https://shop.example/')).finish(response)).toBe(response);
  });

  it('grants no token after it is closed, and says so', async () => {
    const { visit, finish, close } = openFor(new Request('https://shop.example/'));
    close();
    await expect(visit.session.update({ count: 1 })).rejects.toEqual(sealed);
    expect(() => finish(new Response())).toThrow(sealed);
  });
});
