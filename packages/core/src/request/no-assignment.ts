/** Makes every assignment to a property of a prototype's objects throw. A frozen object would ignore the assignment silently in sloppy mode. */
export function refuseAssignments(prototype: object): void {
  for (const name of Reflect.ownKeys(prototype)) {
    if (name !== 'constructor') refuseOverwriting(prototype, name);
  }
  // Added at the end of the prototype chain, it catches the names that the prototype does not have.
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
  const property = String(name);
  return new TypeError(
    `session.${property} cannot be assigned, since nothing would be saved. Write await session.update({ ${property}: value }) instead.`,
  );
}
