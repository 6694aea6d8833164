import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ResponseHeader } from '../http/request-view.ts';
import type { Visit } from '../session/visit.ts';
import { sealOnto } from './seal-onto.ts';

const TOKEN: ResponseHeader = ['set-cookie', 'token=1', 'append'];

function visitWith(...headers: readonly ResponseHeader[]): Pick<Visit<unknown>, 'seal'> {
  return { seal: () => headers };
}

const newResponse = () => new ServerResponse(new IncomingMessage(new Socket()));

describe('sealOnto', () => {
  it('puts a header beside others of its name, whether they are one, several or none', () => {
    const response = newResponse();
    sealOnto(response, visitWith(TOKEN));
    expect(response.getHeader('set-cookie')).toBe('token=1');
    response.setHeader('set-cookie', 'a=1');
    sealOnto(response, visitWith(TOKEN));
    expect(response.getHeader('set-cookie')).toEqual(['a=1', 'token=1']);
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    sealOnto(response, visitWith(TOKEN));
    expect(response.getHeader('set-cookie')).toEqual(['a=1', 'b=2', 'token=1']);
  });

  it('puts a header in place of others of its name', () => {
    const response = newResponse().setHeader('Cache-Control', 'public');
    sealOnto(response, visitWith(['cache-control', 'no-store', 'set']));
    expect(response.getHeader('cache-control')).toBe('no-store');
  });

  it("leaves the app's own array as it is", () => {
    const cookies = ['a=1'];
    const response = newResponse().setHeader('set-cookie', cookies);
    sealOnto(response, visitWith(TOKEN));
    expect(cookies).toEqual(['a=1']);
  });
});
