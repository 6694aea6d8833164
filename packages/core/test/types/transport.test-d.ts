import { describe, expectTypeOf, it } from 'vitest';
import {
  bearer,
  cookie,
  createSessions,
  form,
  header,
  memoryStore,
  query,
  type Transport,
} from '../../src/index.ts';

const methods = {
  vary: 'X-Token',
  read: () => [],
  issue: () => [],
  clear: () => [],
};
const store = memoryStore();

describe('a custom transport', () => {
  it('is accepted with both capabilities', () => {
    const transport: Transport = { ...methods, sentAutomatically: false, inPageOrUrl: false };
    createSessions({
      store,
      transports: [transport, { ...methods, sentAutomatically: true, inPageOrUrl: true }],
    });
  });

  it('is a type error without sentAutomatically', () => {
    // @ts-expect-error sentAutomatically is missing
    const transport: Transport = { ...methods, inPageOrUrl: false };
    // @ts-expect-error sentAutomatically is missing
    createSessions({ store, transports: [{ ...methods, inPageOrUrl: false }] });
    expectTypeOf(transport.sentAutomatically).toEqualTypeOf<boolean>();
  });

  it('is a type error without inPageOrUrl', () => {
    // @ts-expect-error inPageOrUrl is missing
    const transport: Transport = { ...methods, sentAutomatically: false };
    // @ts-expect-error inPageOrUrl is missing
    createSessions({ store, transports: [{ ...methods, sentAutomatically: false }] });
    expectTypeOf(transport.inPageOrUrl).toEqualTypeOf<boolean>();
  });

  it('is a type error if a capability is undefined, null or a string', () => {
    // @ts-expect-error undefined is not a boolean
    createSessions({ store, transports: [{ ...methods, sentAutomatically: undefined, inPageOrUrl: false }] });
    // @ts-expect-error null is not a boolean
    createSessions({ store, transports: [{ ...methods, sentAutomatically: false, inPageOrUrl: null }] });
    // @ts-expect-error 'no' is not a boolean
    createSessions({ store, transports: [{ ...methods, sentAutomatically: 'no', inPageOrUrl: false }] });
  });

  it('is a type error if it names a kind in place of its capabilities', () => {
    // @ts-expect-error kind is no capability
    createSessions({ store, transports: [{ ...methods, kind: 'header' }] });
  });
});

it('every transport of the package says both', () => {
  for (const transport of [cookie(), bearer(), header('x'), query('t'), form('t')]) {
    expectTypeOf(transport).toExtend<{ sentAutomatically: boolean; inPageOrUrl: boolean }>();
  }
});
