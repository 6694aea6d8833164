import { expect, it } from 'vitest';
import { faultOf } from './commit-subject.mjs';

it.for([
  'core: refuse cookie lifetimes shorter than renewAfter + idleTimeout',
  'express, koa: refuse cross-site writes before the handler',
  'store-contract: seed each clause',
  `docs: ${'x'.repeat(66)}`,
])('accepts "%s"', (subject) => {
  expect(faultOf(subject)).toBeUndefined();
});

it.for([
  ['Refuse short cookie lifetimes', 'must name the area'],
  ['Core: refuse short cookie lifetimes', 'must name the area'],
  ['core:refuse short cookie lifetimes', 'must name the area'],
  ['core: Refuse short cookie lifetimes', 'lower-case'],
  ['core: refused short cookie lifetimes', 'imperative'],
  ['core: refusing short cookie lifetimes', 'imperative'],
  ['core: refuse short cookie lifetimes.', 'full stop'],
  [`docs: ${'x'.repeat(67)}`, '73 characters'],
] as const)('rejects "%s"', ([subject, reason]) => {
  expect(faultOf(subject)).toContain(reason);
});
