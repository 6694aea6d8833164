// Loaded before a quick start: lets it listen on a free port in place of 3000, and tells the parent process which one.

import { type AddressInfo, Server } from 'node:net';

const { listen } = Server.prototype;

Server.prototype.listen = function listenOnFreePort(this: Server, ...args: readonly unknown[]) {
  this.once('listening', () => process.send?.((this.address() as AddressInfo).port));
  return Reflect.apply(
    listen,
    this,
    args.map((arg) => (isPort(arg) ? 0 : isObject(arg) && isPort(arg['port']) ? { ...arg, port: 0 } : arg)),
  );
};

function isPort(value: unknown): boolean {
  return value === 3000;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
