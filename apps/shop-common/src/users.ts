import { verifyPassword } from './passwords.ts';

/** A user with an account. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
}

/** A user whose password the sign-in page shows. */
export interface DemoUser extends User {
  readonly password: string;
}

/** The two users of the demo. A real shop has a table of users without passwords. */
export const DEMO_USERS: readonly DemoUser[] = [
  {
    id: 'maren',
    name: 'Maren Holt',
    email: 'maren@example.com',
    password: 'larch-and-lichen',
    passwordHash: '2vqRqkWCDZ1aMU9Sek8WFw.bLV7TMP9F9_Ypwr_Y7Je1SW5aWg7NruLcvnw08zmUP0',
  },
  {
    id: 'joss',
    name: 'Joss Field',
    email: 'joss@example.com',
    password: 'rain-on-slate',
    passwordHash: 'pKJD9f1yi3Y_-xdTwMrWiw.wdkNmH9yA_vVZkc8aZ0rDlnm5oDmfVHX5WHCavS2aXI',
  },
];

/** The customer of the lab's acts, whose sessions are not among those of a demo user. */
export const LAB_USER: DemoUser = {
  id: 'robin',
  name: 'Robin Lake',
  email: 'robin@example.com',
  password: 'mist-on-moor',
  passwordHash: 'E5EvE5QTgDrk_FduKZ6mEQ.LMvZGsE0l8Mh3m3GyEt4tv4Mjg4UOe9GD6SBoPrGZIs',
};

const USERS: readonly DemoUser[] = [...DEMO_USERS, LAB_USER];

/** The hash that is checked for an unknown e-mail address, so that it takes as long as a known one. */
const NOBODYS_HASH = 'NSX5EK5Lx71DvN-edXdE6g.Ny3aU1Se3qc0YmcZOykEiWHBuvKMzF5_OSa32kx1Oos';
/** Longer passwords are rejected without hashing. */
const MAX_PASSWORD_LENGTH = 200;

/** Finds a user by their ID. */
export function findUser(id: string | undefined): User | undefined {
  return USERS.find((user) => user.id === id);
}

/** Finds the user with an e-mail address and a password; undefined if either is wrong. Does the same work in both cases. */
export async function authenticate(email: string, password: string): Promise<User | undefined> {
  const user = USERS.find((each) => each.email === email.trim().toLowerCase());
  if (password.length > MAX_PASSWORD_LENGTH) return undefined;
  const matches = await verifyPassword(password, user?.passwordHash ?? NOBODYS_HASH);
  return matches ? user : undefined;
}
