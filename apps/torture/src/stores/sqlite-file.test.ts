import { afterEach, expect, it } from 'vitest';
import { SqliteFile } from './sqlite-file.ts';

const file = new SqliteFile();
afterEach(() => file.stop());

it('a lock that its process cannot take is an error, and nothing that is waited for without end', async () => {
  await file.stop();
  await expect(file.can.lock?.()).rejects.toThrow('ended with the exit code 1');
});
