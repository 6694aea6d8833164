import { findProduct } from '../catalogue.ts';
import type { BindingFacts, RecordFacts } from '../record-facts.ts';
import type { RecordWrite } from '../watched-store.ts';

/** Describes what a write changed in the record of a session. */
export function describeWrite({ before, after }: RecordWrite): readonly string[] {
  if (after === undefined) return ['the session is removed'];
  if (after.end === 'finished') return ['the session is finished', 'only a receipt is left'];
  if (after.end === 'revoked') return ['the session is revoked', 'the data is removed'];
  const changes = [
    ...(before === undefined ? ['a new session'] : []),
    ...(after.user?.id === before?.user?.id ? [] : [`user: ${after.user?.id ?? 'nobody'}`]),
    ...cartChanges(before, after),
    ...secretChanges(before, after),
    ...bindingChanges(before?.binding, after.binding),
  ];
  return changes.length > 0 ? changes : ['the idle deadline is extended'];
}

function cartChanges(before: RecordFacts | undefined, after: RecordFacts): readonly string[] {
  const [old, present] = [cartOf(before), cartOf(after)];
  const skus = new Set([...old.keys(), ...present.keys()]);
  return [...skus].flatMap((sku) => {
    const [from = 0, to = 0] = [old.get(sku), present.get(sku)];
    return from === to ? [] : [`${findProduct(sku)?.name ?? sku}: ${from} → ${to}`];
  });
}

function secretChanges(before: RecordFacts | undefined, after: RecordFacts): readonly string[] {
  if (before === undefined) return [];
  if (after.generation !== before.generation) {
    return [`generation: ${before.generation} → ${after.generation}, a new secret`];
  }
  if (after.isRenewing && !before.isRenewing) return ['a second secret is offered'];
  if (after.hash !== before.hash) return ['the offered secret replaces the old one'];
  return [];
}

function bindingChanges(
  before: BindingFacts | undefined,
  after: BindingFacts | undefined,
): readonly string[] {
  if (after?.isRegistered !== true) return [];
  const isRegistration = before?.isRegistered !== true;
  const isBinding = before?.boundAt === undefined && after.boundAt !== undefined;
  const hasNewCookie = before?.cookieUntil?.getTime() !== after.cookieUntil?.getTime();
  return [
    ...(isRegistration ? ['the public key of the device'] : []),
    ...(isBinding ? ['bound to the device'] : []),
    ...(hasNewCookie ? ['the hash of a bound cookie'] : []),
  ];
}

/** Returns the quantities in a cart by product. */
function cartOf(record: RecordFacts | undefined): ReadonlyMap<string, number> {
  if (record === undefined || record.data === '') return new Map();
  const data: unknown = JSON.parse(record.data);
  const cart = typeof data === 'object' && data !== null ? Reflect.get(data, 'cart') : undefined;
  const lines: readonly unknown[] = Array.isArray(cart) ? cart : [];
  return new Map(lines.flatMap(quantityOf));
}

function quantityOf(line: unknown): readonly [sku: string, quantity: number][] {
  if (typeof line !== 'object' || line === null) return [];
  const sku: unknown = Reflect.get(line, 'sku');
  const quantity: unknown = Reflect.get(line, 'quantity');
  return typeof sku === 'string' && typeof quantity === 'number' ? [[sku, quantity]] : [];
}
