import type { Clauses, Env } from './clauses.ts';

export { SessionObject } from '../../src/index.ts';

/** Fails each call, as an object does whose machine is lost. */
export class BrokenObject {
  fetch(): Response {
    throw new Error('The object is broken on purpose.');
  }
}

let clauses: Clauses | undefined;

const worker = {
  /** Runs one clause of the contract: `/:store/:index`. */
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, store = '', index = ''] = new URL(request.url).pathname.split('/');
    // Imported within a request: outside of one the clock of workerd stands at 0, and the contract reads it when it is loaded.
    clauses ??= (await import('./clauses.ts')).clausesOf(env);
    const clause = clauses[store]?.[Number(index)];
    if (clause === undefined) return new Response('There is no such clause.', { status: 404 });
    try {
      await clause.run();
      return new Response(clause.title);
    } catch (error) {
      return new Response(`${clause.title}: ${error instanceof Error ? error.stack : String(error)}`, {
        status: 500,
      });
    }
  },
};

// biome-ignore lint/style/noDefaultExport: a worker module must have one.
export default worker;
