import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { FaultyServer, type Reply, TOKEN } from '@coatcheck/runtimes/faulty-server';

type Value =
  | { type: 'null' }
  | { type: 'integer' | 'text'; value: string }
  | { type: 'float'; value: number }
  | { type: 'blob'; base64: string };

interface Stmt {
  readonly sql?: string;
  readonly sql_id?: number;
  readonly args?: readonly Value[];
}

interface Condition {
  readonly type: 'ok' | 'not';
  readonly step?: number;
  readonly cond?: Condition;
}

interface Step {
  readonly stmt: Stmt;
  readonly condition?: Condition;
}

type StreamRequest =
  | { readonly type: 'execute'; readonly stmt: Stmt }
  | { readonly type: 'batch'; readonly batch: { readonly steps: readonly Step[] } }
  | { readonly type: 'store_sql'; readonly sql_id: number; readonly sql: string }
  | { readonly type: 'close_sql' | 'close' };

/** Speaks the part of Hrana 2 over HTTP that the client uses without interactive transactions, in front of a database of `node:sqlite`. */
export class HranaServer extends FaultyServer {
  /** How many requests were served. */
  requests = 0;
  readonly #database: DatabaseSync;

  private constructor(path: string) {
    super();
    this.#database = new DatabaseSync(path);
    // What a crash would lose does not matter here.
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  }

  static async start(path: string, port = 0): Promise<HranaServer> {
    const server = new HranaServer(path);
    await server.listen(port);
    return server;
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#database.close();
  }

  protected headersOf({ status }: Reply): OutgoingHttpHeaders {
    return { 'Content-Type': status === 200 ? 'application/json' : 'text/plain' };
  }

  protected serve({ headers, url }: IncomingMessage, body: unknown): Reply {
    this.requests += 1;
    if (url !== '/v2/pipeline') return { status: 404, body: 'No.' };
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: 'No.' };
    const { requests } = body as { requests: StreamRequest[] };
    const texts = new Map<number, string>();
    const results = requests.map((each) => this.#respond(each, texts));
    return { status: 200, body: JSON.stringify({ baton: null, base_url: null, results }) };
  }

  /** `texts` holds the statements that the client stores and then names by their numbers. */
  #respond(request: StreamRequest, texts: Map<number, string>): object {
    const { type } = request;
    try {
      if (type === 'store_sql') texts.set(request.sql_id, request.sql);
      if (type === 'execute')
        return { type: 'ok', response: { type, result: this.#execute(request.stmt, texts) } };
      if (type === 'batch')
        return { type: 'ok', response: { type, result: this.#batch(request.batch.steps, texts) } };
      return { type: 'ok', response: { type } };
    } catch (error) {
      return { type: 'error', error: errorOf(error) };
    }
  }

  #batch(steps: readonly Step[], texts: ReadonlyMap<number, string>): object {
    const step_results: (object | null)[] = [];
    const step_errors: (object | null)[] = [];
    const holds = ({ type, step = 0, cond }: Condition): boolean =>
      type === 'ok' ? step_results[step] !== null : cond === undefined || !holds(cond);
    for (const [at, { stmt, condition }] of steps.entries()) {
      step_results[at] = null;
      step_errors[at] = null;
      if (condition !== undefined && !holds(condition)) continue;
      try {
        step_results[at] = this.#execute(stmt, texts);
      } catch (error) {
        step_errors[at] = errorOf(error);
      }
    }
    return { step_results, step_errors };
  }

  #execute({ sql, sql_id = 0, args = [] }: Stmt, texts: ReadonlyMap<number, string>): object {
    const statement = this.#database.prepare(sql ?? texts.get(sql_id) ?? '');
    statement.setReturnArrays(true);
    statement.setReadBigInts(true);
    const values = args.map(decode);
    const cols = statement.columns().map(({ name, type }) => ({ name, decltype: type }));
    if (cols.length === 0) {
      const { changes } = statement.run(...values);
      return { cols, rows: [], affected_row_count: Number(changes), last_insert_rowid: null };
    }
    const rows = statement.all(...values).map((row) => Object.values(row).map(encode));
    return { cols, rows, affected_row_count: 0, last_insert_rowid: null };
  }
}

function decode(value: Value): SQLInputValue {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return BigInt(value.value);
    case 'blob':
      return Buffer.from(value.base64, 'base64');
    default:
      return value.value;
  }
}

function encode(value: unknown): Value {
  if (typeof value === 'bigint') return { type: 'integer', value: String(value) };
  if (typeof value === 'number') return { type: 'float', value };
  if (typeof value === 'string') return { type: 'text', value };
  if (value instanceof Uint8Array) return { type: 'blob', base64: Buffer.from(value).toString('base64') };
  return { type: 'null' };
}

function errorOf(error: unknown): object {
  return { message: error instanceof Error ? error.message : String(error), code: 'SQLITE_ERROR' };
}
