/** How often a waiting handler checks, at least a millisecond apart, before it gives up on the contract's client. */
const MAX_CHECKS = 20_000;

/**
 * Blocks callers until it is opened.
 *
 * Each caller checks with its own timer, because some runtimes treat a request that waits for another request as hanging.
 */
export class Gate {
  #isOpen = false;

  open(): void {
    this.#isOpen = true;
  }

  async pass(): Promise<void> {
    for (let checks = 0; !this.#isOpen; checks += 1) {
      if (checks === MAX_CHECKS) throw new Error('The client of the contract never opened the gate.');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
