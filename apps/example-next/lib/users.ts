/** A user with an account. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly password: string;
}

// A real shop has a table of users, with a slow hash of each password.
const USERS: readonly User[] = [
  { id: 'maren', name: 'Maren Holt', password: 'larch-and-lichen' },
  { id: 'joss', name: 'Joss Field', password: 'rain-on-slate' },
];

/** Finds a user by ID. */
export function findUser(id: string | undefined): User | undefined {
  return USERS.find((user) => user.id === id);
}

/** Finds the user of a name and a password; undefined if either is wrong. */
export function authenticate(name: string, password: string): User | undefined {
  return USERS.find((user) => user.id === name && user.password === password);
}
