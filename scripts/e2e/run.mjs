import { spawn } from 'node:child_process';

/** The checks that failed, by name. @type {string[]} */
const failures = [];
let held = 0;

/**
 * Runs a command to its end and gives its output; rejects with that output where it fails or takes too long.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, seconds?: number, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, seconds = 120, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: seconds * 1000,
    });
    let output = '';
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')}\nended with ${signal ?? code}\n${output}`));
    });
  });
}

/**
 * Runs one check and prints one line about it; below the line, why it failed.
 *
 * @param {string} name
 * @param {() => Promise<unknown>} work
 * @returns {Promise<boolean>} whether it held
 */
export async function check(name, work) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    await work();
    held += 1;
    process.stdout.write(`ok    ${name} (${seconds()})\n`);
    return true;
  } catch (error) {
    failures.push(name);
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`FAIL  ${name} (${seconds()})\n${reason.replace(/^/gm, '      ')}\n`);
    return false;
  }
}

/** Prints how many checks held and which did not, and makes the process end with 1 where one failed or there was none. */
export function report() {
  const failed = failures.length === 0 ? '' : `; these did not: ${failures.join('; ')}`;
  process.stdout.write(`\n${held} of ${held + failures.length} checks held${failed}\n`);
  if (failures.length > 0 || held === 0) process.exitCode = 1;
}
