import { SessionError } from '@coatcheck/core';
import type { Request } from 'express';

/** A callback that continues with the next handler, or with the error handlers. */
type Next = (error?: unknown) => void;

/** What Express 4 calls a layer: one function of the app, mounted at a path. */
interface Layer {
  readonly handle: (...args: readonly unknown[]) => unknown;
  readonly keys: readonly { readonly name: string }[];
}

interface LayerMethods {
  handle_request(req: object, res: object, next: Next): void;
  handle_error(error: unknown, req: object, res: object, next: Next): void;
}

interface RouterMethods {
  process_params(layer: Layer, called: object, req: object, res: object, done: Next): void;
}

type ParamCallback = (req: object, res: object, next: Next, value: unknown, name: string) => unknown;

const requests = new WeakSet<object>();
const patched = new WeakSet<object>();

/**
 * Makes Express 4 pass the session's errors on to the error handlers if a handler of this request rejects with one, as Express 5 does with every error.
 * Without this, Express 4 drops the promise, and the unhandled rejection ends the process. All other rejections, requests and versions stay as they are.
 */
export function forwardRejections(req: Request): void {
  const router: unknown = Reflect.get(req.app, '_router');
  const layer: unknown = isObject(router) && Array.isArray(router['stack']) ? router['stack'][0] : undefined;
  if (!isObject(router) || !isObject(layer)) return;
  const layerMethods: unknown = Object.getPrototypeOf(layer);
  const routerMethods: unknown = Object.getPrototypeOf(router);
  if (!hasMethods<LayerMethods>(layerMethods, ['handle_request', 'handle_error'])) return;
  requests.add(req);
  if (patched.has(layerMethods)) return;
  patched.add(layerMethods);
  patchLayers(layerMethods);
  if (hasMethods<RouterMethods>(routerMethods, ['process_params'])) patchParams(routerMethods);
}

function patchLayers(methods: LayerMethods): void {
  const { handle_request: handleRequest, handle_error: handleError } = methods;
  methods.handle_request = function (this: Layer, req, res, next) {
    handleRequest.call(requests.has(req) ? withHandle(this, 2) : this, req, res, next);
  };
  methods.handle_error = function (this: Layer, error, req, res, next) {
    handleError.call(requests.has(req) ? withHandle(this, 3) : this, error, req, res, next);
  };
}

/** Returns a layer whose function passes its rejections on; `nextAt` is the index of its argument `next`. */
function withHandle(layer: Layer, nextAt: number): Layer {
  const handle = forwarding(layer.handle, nextAt);
  // Express tells handlers from error handlers by the number of their parameters.
  Object.defineProperty(handle, 'length', { value: layer.handle.length });
  return Object.create(layer, { handle: { value: handle } });
}

function patchParams(methods: RouterMethods): void {
  const { process_params: processParams } = methods;
  methods.process_params = function (
    this: { readonly params: Readonly<Record<string, readonly ParamCallback[]>> },
    layer,
    called,
    req,
    res,
    done,
  ) {
    const names = requests.has(req) ? (layer.keys ?? []).map(({ name }) => name) : [];
    const own = names.filter((name) => Object.hasOwn(this.params, name));
    const params = own.map((name) => [name, this.params[name]?.map((each) => forwarding(each, 2))] as const);
    const router =
      params.length === 0 ? this : Object.create(this, { params: { value: Object.fromEntries(params) } });
    processParams.call(router, layer, called, req, res, done);
  };
}

/** Wraps a function of the app: a rejection of the promise that it returns goes to `next`, if it is an error of the session that no other code handled. */
function forwarding(
  call: (...args: never[]) => unknown,
  nextAt: number,
): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    let hasGoneOn = false;
    let passed: unknown;
    const next = args[nextAt];
    const noting: Next = (...how) => {
      hasGoneOn = true;
      passed = how[0];
      if (typeof next === 'function') next(...how);
    };
    const returned: unknown = Reflect.apply(call, undefined, args.with(nextAt, noting));
    if (!isObject(returned) || typeof returned['then'] !== 'function') return returned;
    Promise.resolve(returned).then(undefined, (error: unknown) => {
      if (error === passed) return;
      if (!isSessionError(error)) throw error;
      // After next() the response belongs to others. The event `call-failed` has told of the error.
      if (!hasGoneOn) noting(error);
    });
    return returned;
  };
}

/** An app may hold two copies of the core, one for each module system. */
function isSessionError(error: unknown): boolean {
  return error instanceof SessionError || (error instanceof Error && error.name === 'SessionError');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function hasMethods<Methods>(value: unknown, names: readonly (keyof Methods)[]): value is Methods & object {
  return isObject(value) && names.every((name) => typeof value[String(name)] === 'function');
}
