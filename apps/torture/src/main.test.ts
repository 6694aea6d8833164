import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { childrenOf, isRunning } from './process/testing/children.ts';

vi.setConfig({ testTimeout: 180_000 });

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'coatcheck-command-'));
afterEach(() => rmSync(directory, { recursive: true }));

describe('the command that is ended by a signal', () => {
  it('fails, ends its servers, and removes its files', async () => {
    const args = ['--conditions=@coatcheck/source', MAIN, '--store', 'sqlite', '--seconds', '600'];
    const command = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const output = text(command.stderr);
    const servers = await vi.waitFor(
      () => {
        const children = childrenOf(command.pid ?? 0);
        expect(children).toHaveLength(3);
        return children;
      },
      { timeout: 120_000 },
    );
    const files = readdirSync(directory).map((name) => name.replace(/-[^-]+$/, ''));
    expect(files).toEqual(expect.arrayContaining(['coatcheck-history', 'coatcheck-torture']));
    command.kill('SIGTERM');
    await expect(once(command, 'exit')).resolves.toEqual([1, null]);
    expect(await output).toContain('did not take place: The run was ended by SIGTERM.');
    expect(servers.filter(isRunning)).toEqual([]);
    // Only what Node.js has compiled stays, for the next run.
    expect(readdirSync(directory)).toEqual([`coatcheck-torture-${process.getuid?.() ?? 0}`]);
  });
});
