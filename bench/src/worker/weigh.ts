/** Gives by how many bytes the heap, with what it holds outside, grows by some work. */
export async function weigh(work: () => Promise<unknown>): Promise<number> {
  const before = await settledBytes();
  await work();
  return (await settledBytes()) - before;
}

async function settledBytes(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Start the process with --expose-gc');
  for (let time = 0; time < 4; time += 1) {
    await gc({ type: 'major', execution: 'async' });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
