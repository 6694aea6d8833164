/** Runs asynchronous calls one after the other. */
export class CallQueue {
  #last: Promise<void> | undefined = undefined;

  get isIdle(): boolean {
    return this.#last === undefined;
  }

  /** Runs a call after those before it; at once if there are none. */
  run(call: () => Promise<void>): Promise<void> {
    const running = this.runLast(call);
    const settled = running.then(ignore, ignore).then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    return running;
  }

  /** Runs a call that no later call waits for. */
  runLast(call: () => Promise<void>): Promise<void> {
    return this.#last === undefined ? call() : this.#last.then(call);
  }
}

function ignore(): void {}
