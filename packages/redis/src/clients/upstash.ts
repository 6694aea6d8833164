import { SessionError } from '@coatcheck/core';
import { READ, runScript } from '../commands/script.ts';
import type { UpstashClient } from './clients.ts';
import type { Command, RecordDriver } from './driver.ts';

/**
 * Drives the client of `@upstash/redis`.
 *
 * A global database may serve a command that only reads from a replica. The client's sync token keeps such a read from being older than what the same client has
 * seen, but not from missing a sign-out of another process. Scripts run on the primary, so everything here is a script.
 */
export function upstashClient(client: UpstashClient): RecordDriver {
  const send = async ([name = '', ...args]: Command): Promise<unknown> => {
    try {
      return checkReply(await client.exec([name, ...args]));
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    missingPrefix: '',
    send: (_key, command) => send(command),
    async read(key) {
      const reply = await runScript(READ, key, [], send);
      const [value]: readonly unknown[] = Array.isArray(reply) ? reply : [];
      if (value === null || typeof value === 'string') return value;
      throw new Error('Redis contains a value that this store did not write, under a key with its prefix.');
    },
  };
}

/**
 * Requires a list or a number, which is what every script of the store returns. If the client has a `signal` that is no function and was aborted, the client makes up a
 * reply from its reason: mostly null, which would look like an absent record.
 */
function checkReply(reply: unknown): unknown {
  if (Array.isArray(reply) || typeof reply === 'number') return reply;
  throw new SessionError(
    'ERR_CONFIG',
    'The client of @upstash/redis returned a reply that Redis never sent, as it does once its signal is aborted. Give it a function instead: signal: () => AbortSignal.timeout(2000).',
  );
}

/** What the client appends to the message of the server: the command with the record in it. */
const COMMAND = ', command was: ';

/** Replaces an error of the client by one without commands, records, URLs and bodies of responses. */
function explain(error: unknown): unknown {
  if (error instanceof SessionError) return error;
  if (!(error instanceof Error)) return new Error('The HTTP request to Redis failed.');
  const { name, message, cause } = error;
  if (name === 'UpstashJSONParseError' || name === 'SyntaxError') {
    return new Error('The HTTP API of Redis sent a response that is not JSON.');
  }
  if (name === 'UpstashError') return serverError(message.split(COMMAND, 1)[0] ?? '');
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new Error(
      'The HTTP API of Redis did not respond before the signal of the client ended the request.',
    );
  }
  if (/\bcredentials\b/.test(message)) {
    return new SessionError(
      'ERR_CONFIG',
      'The URL of the client of @upstash/redis contains a username or password, which fetch refuses. Write the URL without them, and the password as token.',
    );
  }
  return new Error('The HTTP request to Redis failed.', { cause });
}

/** How the service says that the token is wrong, in words or as Redis does. */
const REFUSED_TOKEN = /^unauthorized|^WRONGPASS|^NOAUTH/i;

function serverError(message: string): Error {
  if (REFUSED_TOKEN.test(message)) return new Error('The HTTP API of Redis refuses the token of the client.');
  if (/\bmax (?:daily )?requests? limit exceeded/i.test(message)) {
    return new Error('The HTTP API of Redis has served as many requests as its plan allows.');
  }
  return new Error(message.slice(0, 200));
}
