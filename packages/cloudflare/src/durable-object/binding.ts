/** The part of a Durable Object namespace that the store calls. */
export interface ObjectNamespace<Id> {
  idFromName(name: string): Id;
  get(id: Id): { fetch(url: string, init: { method: string; body: string }): Promise<ObjectResponse> };
}

/** The part of an object's response that the store reads. */
export interface ObjectResponse {
  readonly status: number;
  text(): Promise<string>;
}

/** The part of an object's storage that it calls. */
export interface ObjectStorage {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  deleteAll(): Promise<void>;
  getAlarm(): Promise<number | null>;
  setAlarm(time: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** The part of a Durable Object's state that it uses. */
export interface ObjectState {
  readonly storage: ObjectStorage;
}
