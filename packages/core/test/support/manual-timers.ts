/** Timers that pass only when the test says so. */
export interface ManualTimers {
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Lets time pass, and everything run that it makes due. */
  advance(milliseconds: number): Promise<void>;
}

export function manualTimers(): ManualTimers {
  let now = 0;
  let pending: { readonly at: number; readonly resolve: () => void }[] = [];
  return {
    wait: (milliseconds) =>
      new Promise((resolve) => {
        pending.push({ at: now + milliseconds, resolve });
      }),
    async advance(milliseconds) {
      const until = now + milliseconds;
      await turns();
      for (;;) {
        const at = Math.min(...pending.map((each) => each.at));
        if (at > until) break;
        now = at;
        const due = pending.filter((each) => each.at <= now);
        pending = pending.filter((each) => each.at > now);
        for (const { resolve } of due) resolve();
        await turns();
      }
      now = until;
    },
  };
}

/** Lets everything run that is due. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setImmediate(resolve));
}
