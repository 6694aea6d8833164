/** Awaits what must reject, and returns what the error says. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ name: string; code: unknown; message: string; milliseconds: number }> {
  const start = performance.now();
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw new Error('It rejected with something that is no Error');
    const { code }: Error & { code?: unknown } = error;
    return { name: error.name, code, message: error.message, milliseconds: performance.now() - start };
  }
  throw new Error('It did not reject');
}
