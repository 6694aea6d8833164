import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const passedOn = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a command in the place of this process: its output is ours, and the signals we get are passed on to it.
 *
 * Returns the code to exit with: the command's own; 128 plus the signal's number if a signal ended it; 127 if it could
 * not be started. `signal` is a signal that this process received meanwhile; a caller that runs several commands stops there.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | undefined }>}
 */
export function runChild(command, args, options = {}) {
  return new Promise((resolve) => {
    /** @type {NodeJS.Signals | undefined} */
    let received;
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      received = signal;
      child.kill(signal);
    };
    /** @param {number} code */
    const settle = (code) => {
      for (const signal of passedOn) process.off(signal, passOn);
      resolve({ code, signal: received });
    };
    for (const signal of passedOn) process.on(signal, passOn);
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      settle(127);
    });
    child.once('exit', (code, signal) =>
      settle(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
