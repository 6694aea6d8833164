/** A command's name and its arguments. */
export type Command = string[];

/** Sends commands to one server. */
export interface Server {
  send(command: Command): Promise<unknown>;
}

/** What the store asks of a client, whichever it is. Each key is asked for at the server that takes its writes. */
export interface Driver {
  /** What must be put before the store's prefix, since the client's own key prefix is not added to such commands. */
  readonly missingPrefix: string;
  /** What the client adds to every key that it sends. Keys that come back from Redis begin with it. */
  readonly addedPrefix: string;
  /** Tells whether the keys are spread over several servers. */
  readonly isCluster: boolean;
  /** Sends one command about `key`. */
  send(key: string, command: Command): Promise<unknown>;
  /** Sends commands about `key` together, on one connection and to one server. Rejects where one of them fails. */
  sendTogether(key: string, commands: readonly Command[]): Promise<readonly unknown[]>;
  /** Gives every server that takes writes, as far as the client knows them. */
  primaries(): Promise<readonly Server[]>;
}
