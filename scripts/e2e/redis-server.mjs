import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findSystemProgram } from '../setup-system.mjs';

/**
 * Starts a Redis server of our own on a Unix socket.
 *
 * @param {string} directory
 * @returns {Promise<{ socket: string, stop: () => void }>}
 */
export async function startRedis(directory) {
  const program = findSystemProgram('redis-server');
  if (program === undefined)
    throw new Error('redis-server is missing: run node scripts/setup-system.mjs redis-server.');
  const socket = join(directory, 'redis.sock');
  const args = [
    '--port',
    '0',
    '--unixsocket',
    socket,
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory,
  ];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = () => void child.kill();
  process.once('exit', stop);
  const ready = new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (/Ready to accept connections|ready to accept connections at/.test(output)) resolve(true);
    });
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}\n${output}`)));
  });
  const inTime = await Promise.race([ready, delay(10_000, false, { ref: false })]);
  if (inTime !== true) throw new Error('redis-server was not ready within 10 s');
  return { socket, stop };
}
