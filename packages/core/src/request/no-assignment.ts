/** Makes an assignment to any property of a prototype's objects throw, in sloppy code too, where a frozen object would swallow it. */
export function refuseAssignments(prototype: object): void {
  for (const name of Reflect.ownKeys(prototype)) {
    if (name !== 'constructor') refuseOverwriting(prototype, name);
  }
  // Stands at the end of the prototype chain, for the names that the prototype does not know.
  const refuse = new Proxy(Object.prototype, {
    set(_target, name) {
      throw notAssignable(name);
    },
  });
  Object.setPrototypeOf(prototype, refuse);
}

/** Turns a method or getter into an accessor whose setter throws. */
function refuseOverwriting(prototype: object, name: PropertyKey): void {
  const { value, get } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
  Object.defineProperty(prototype, name, {
    get: get ?? (() => value),
    set: () => {
      throw notAssignable(name);
    },
    configurable: false,
  });
}

function notAssignable(name: PropertyKey): TypeError {
  const text = String(name);
  return new TypeError(
    `A session's properties cannot be assigned: nothing would be saved. Instead of session.${text} = value write: await session.update({ ${text}: value })`,
  );
}
