/** How often a waiting handler looks, a millisecond or more apart, before it takes the contract's client for dead. */
const MOST_LOOKS = 20_000;

/**
 * Holds whoever waits until it is opened.
 *
 * Each one looks again by a timer of its own: in some runtimes a request that waits for what another request does counts as one that hangs.
 */
export class Gate {
  #isOpen = false;

  open(): void {
    this.#isOpen = true;
  }

  async pass(): Promise<void> {
    for (let looks = 0; !this.#isOpen; looks += 1) {
      if (looks === MOST_LOOKS) throw new Error('The client of the contract never came back.');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
