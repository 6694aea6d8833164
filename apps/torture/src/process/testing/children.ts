import { readdirSync, readFileSync } from 'node:fs';

/** Lists the children of a process, by the ID of each. */
export function childrenOf(pid: number): readonly number[] {
  // Linux lists them by the thread that started them.
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
    return children === '' ? [] : children.split(' ').map(Number);
  });
}

/** Tells whether a process exists. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
