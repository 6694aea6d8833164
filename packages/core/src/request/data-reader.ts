import type { DeepReadonly } from '../common/json.ts';
import type { Config } from '../config/config.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { checkSize, copyData, dataToJson, deepFreeze, parseData, validate } from '../session/data.ts';
import { type IgnoredProperties, ignoredProperties } from '../session/ignored-properties.ts';
import type { SessionState } from '../session/session-state.ts';

/** Reads and writes the app's data as JSON, checked by the schema and the limits. */
export class DataReader<Data extends object> {
  readonly #config: Pick<Config<Data>, 'initial' | 'schema' | 'maxDataBytes'>;
  /** The initial data that was last shown to a visitor without a session. */
  #shownInitial: { readonly json: string; readonly data: DeepReadonly<Data> } | undefined = undefined;

  constructor(config: Pick<Config<Data>, 'initial' | 'schema' | 'maxDataBytes'>) {
    this.#config = config;
  }

  /** Returns a fresh copy of the initial data, which may be altered. */
  initial(): Data {
    return this.read(this.initialJson());
  }

  /** Returns the initial data as JSON, not yet checked by the schema. */
  initialJson(): string {
    return dataToJson(this.#config.initial(), 'initial data');
  }

  /** Returns the initial data as JSON, as a new session stores it: checked by the schema and the limits. */
  newJson(): string {
    const { schema, maxDataBytes } = this.#config;
    const json = this.initialJson();
    if (schema !== undefined || !json.startsWith('{')) {
      const { data, ignored } = this.open(json);
      return this.write(data, ignored);
    }
    // Read and written again, a checked object gives the same JSON.
    checkSize(json, maxDataBytes, 'data');
    return json;
  }

  /** Returns the initial data, frozen. The same object is returned again while `initial()` gives the same JSON and there is no schema. */
  frozenInitial(): DeepReadonly<Data> {
    // A schema may turn the same JSON into something else each time.
    if (this.#config.schema !== undefined) return deepFreeze(this.initial());
    const initial = this.#config.initial();
    if (this.#shownInitial === undefined || this.#shownInitial.json !== uncheckedJson(initial)) {
      const json = dataToJson(initial, 'initial data');
      this.#shownInitial = { json, data: deepFreeze(this.read(json)) };
    }
    return this.#shownInitial.data;
  }

  /** Returns the data of a state, frozen. Data that an earlier request has parsed is returned again if nothing has changed. */
  frozen(state: SessionState, base: Snapshot | undefined): DeepReadonly<Data> {
    const decoded = base?.decoded;
    const isParsed = this.#config.schema === undefined && decoded?.state === state;
    // Without a schema the app's type is trusted: the app wrote the data itself.
    return isParsed ? (decoded.data as DeepReadonly<Data>) : deepFreeze(this.read(state.data));
  }

  /** Reads data from its JSON, checked by the schema. */
  read(json: string): Data {
    const { schema } = this.#config;
    const data = parseData(json);
    if (schema === undefined) return data as Data;
    // The schema may return the very object that it keeps as a default, which must be neither frozen nor altered.
    return copyData(validate(schema, data, 'as it was loaded'));
  }

  /** Reads data that is to be altered, and the stored properties that the schema ignores, which must be kept. */
  open(json: string): { readonly data: Data; readonly ignored: IgnoredProperties } {
    const { schema } = this.#config;
    if (schema === undefined) return { data: this.read(json), ignored: undefined };
    const stored = parseData(json);
    const output = validate(schema, stored, 'as it was loaded');
    return { data: copyData(output), ignored: ignoredProperties(schema, stored, output) };
  }

  /** Tells whether a draft still is what was read from the JSON. */
  isUnchanged(draft: Data, json: string): boolean {
    return uncheckedJson(draft) === uncheckedJson(this.read(json));
  }

  /** Writes data as JSON, checked by the schema and the limits. */
  write(data: Data, ignored?: IgnoredProperties): string {
    const { schema, maxDataBytes } = this.#config;
    const checked = schema === undefined ? data : validate(schema, data, 'as it was written');
    const json = dataToJson(ignored === undefined ? checked : { ...ignored, ...checked }, 'data');
    checkSize(json, maxDataBytes, 'data');
    return json;
  }
}

/** Writes a value as JSON without any check; undefined if that fails. It only serves to compare with JSON that was checked. */
function uncheckedJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
