import { describe, expect, it } from 'vitest';
import { Guard } from './guard.ts';

const isAdmitted = (guard: Guard, ip: string, email: string) =>
  guard.admitSignIn(ip, email).then(
    () => true,
    () => false,
  );

describe('the guard of sign-ins', () => {
  it('rejects guesses at many accounts from one address, whatever signs in between', async () => {
    const guard = new Guard();
    let admitted = 0;
    for (let i = 0; i < 150; i += 1) {
      if (await isAdmitted(guard, '192.0.2.1', `user-${i}@example.com`)) admitted += 1;
      if (i % 10 !== 9 || !(await isAdmitted(guard, '192.0.2.1', 'mallory@example.com'))) continue;
      guard.hear({ type: 'signed-in', at: 0, ip: '192.0.2.1', userId: 'mallory', remembered: false });
    }
    expect(admitted).toBe(100);
  });

  it('refuses guesses at one account from many addresses', async () => {
    const guard = new Guard();
    let admitted = 0;
    for (let i = 0; i < 50; i += 1) {
      if (await isAdmitted(guard, `198.51.100.${i}`, 'Alice@example.com ')) admitted += 1;
    }
    expect(admitted).toBe(20);
  });

  it('never refuses a user who signs in with the right password', async () => {
    const guard = new Guard();
    for (let i = 0; i < 150; i += 1) {
      expect(await isAdmitted(guard, '203.0.113.7', '')).toBe(true);
      guard.hear({ type: 'signed-in', at: 0, ip: '203.0.113.7', userId: 'nobody', remembered: false });
    }
  });
});
