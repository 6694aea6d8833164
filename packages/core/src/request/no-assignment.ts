/** Makes every assignment to a property of a prototype's objects throw, and hears of reads of unknown names. A frozen object would ignore the assignment silently in sloppy mode. */
export function refuseAssignments(
  prototype: object,
  onUnknown: (session: object, name: string) => void,
): void {
  for (const name of Reflect.ownKeys(prototype)) {
    if (name !== 'constructor') refuseOverwriting(prototype, name);
  }
  // Promises read it of each value that they resolve to. Found here, it does not cost the way to the proxy.
  refuseOverwriting(prototype, 'then');
  // Added at the end of the prototype chain, it catches the names that the prototype does not have.
  const refuse = new Proxy(Object.prototype, {
    set(_target, name) {
      throw notAssignable(name);
    },
    get(target, name, session) {
      if (typeof name === 'string' && !(name in target) && !isProbe(name)) onUnknown(session, name);
      return Reflect.get(target, name);
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

/** The names that frameworks, loggers and test runners read to find out what a value is. Those that begin with `_`, `$` or `@` are left alone too. */
const PROBES: ReadonlySet<string> = new Set([
  'then',
  'catch',
  'asymmetricMatch',
  'inspect',
  'toBSON',
  'toPOJO',
  'nodeType',
  'nodeName',
  'tagName',
  'hasAttribute',
  'length',
  'size',
  'name',
  'message',
  'stack',
  'default',
  'href',
  'protocol',
  'pipe',
]);

function isProbe(name: string): boolean {
  return PROBES.has(name) || /^[_$@]|^\d+$/.test(name);
}

/** Says what to write in place of a property that a session does not have. */
export function unknownProperty(name: string): string {
  return `session.${name} does not exist, so a condition on it would always be false. Write session.data.${name} for the data, ${HINTS[name] ?? 'and session.userId for the signed-in user'}.`;
}

/** Names the call for a property of other session libraries. */
const HINTS: Readonly<Record<string, string>> = {
  save: 'and nothing to save: an awaited update() is saved',
  regenerate: 'signIn() or renew() for a new token',
  cookie: 'and the options of cookie() and createSessions() for the cookie',
  touch: 'and nothing to extend the session: each use does',
};

function notAssignable(name: PropertyKey): TypeError {
  if (name === 'userId') {
    return new TypeError(
      'session.userId cannot be assigned, since nothing would be saved. Write await session.signIn(String(user.id)) instead.',
    );
  }
  const property = String(name);
  return new TypeError(
    `session.${property} cannot be assigned, since nothing would be saved. Write await session.update({ ${property}: value }) instead.`,
  );
}
