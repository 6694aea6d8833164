import type { ChannelKind, ChannelListener, ListeningConnection } from './listener.ts';

/** A command's name followed by its arguments. */
export type Command = string[];

/** Returns the command that reads a key. GETEX without options does the same as GET, but a replica, which may lag behind, rejects it. */
export function readCommand(key: string): Command {
  return ['getex', key];
}

/** Sends commands to one server. */
export interface Server {
  send(command: Command): Promise<unknown>;
}

/** Opens a connection of its own to one server, and listens to a channel there. */
export type Listen = (kind: ChannelKind, channel: string, listener: ChannelListener) => ListeningConnection;

/** What the records of a store need from a client of any kind. Every command about a key goes to the server that accepts writes for it. */
export interface RecordDriver {
  /** The client's own key prefix, if the client does not add it to these commands. The store puts it in front of its own prefix. */
  readonly missingPrefix: string;
  /** Sends one command about `key`. */
  send(key: string, command: Command): Promise<unknown>;
  /** Reads the value of `key`, a string or null, on the server that accepts writes for it. */
  read(key: string): Promise<unknown>;
}

/** What else the store needs from a client that has connections. */
export interface Driver extends RecordDriver {
  /** The prefix that the client adds to every key it sends. Keys in replies of Redis begin with it. */
  readonly addedPrefix: string;
  /** Whether the keys are distributed over several servers. */
  readonly isCluster: boolean;
  /** Sends commands about `key` together, on one connection to one server. Rejects if one of them fails. */
  sendTogether(key: string, commands: readonly Command[]): Promise<readonly unknown[]>;
  /** Returns every server that accepts writes, as far as the client knows. */
  primaries(): Promise<readonly Server[]>;
  /** Returns a way to listen on each server that accepts writes, as far as the client knows. */
  listeners(): Promise<readonly Listen[]>;
}
