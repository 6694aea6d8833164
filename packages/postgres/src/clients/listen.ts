import type { PgClient, PgEvents, PgliteListen, PgPool, PgPoolClient, PostgresJsListen } from './clients.ts';
import type { ChannelListener, ListeningConnection } from './driver.ts';

/** Listens on a connection that the pool lends for as long. It is not given to anybody else afterwards. */
export function listenByPool(pool: PgPool, channel: string, listener: ChannelListener): ListeningConnection {
  let client: PgPoolClient | undefined;
  let isClosed = false;
  const release = (): void => {
    if (client === undefined) return;
    // Its end is expected from now on, and an error without a listener ends the process.
    client.on('error', ignore);
    client.release(true);
    client = undefined;
  };
  const open = async (): Promise<void> => {
    client = await pool.connect();
    if (isClosed) return release();
    await listenOn(client, channel, listener);
  };
  return {
    ready: open(),
    ping: async () => client?.query(PING),
    async close() {
      isClosed = true;
      release();
    },
  };
}

/** Listens on a client that the store shares with the app. */
export function listenByClient(
  client: PgClient,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  const listening = listenOn(client, channel, listener);
  listening.catch(ignore);
  return {
    ready: listening.then(() => {}),
    ping: () => client.query(PING),
    async close() {
      const stop = await listening.catch(() => undefined);
      await stop?.();
    },
  };
}

/** Listens through postgres.js, which has a connection for this and opens it again by itself. That it did is a loss, since messages may have been missed. */
export function listenByPostgresJs(
  sql: object,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  if (!isPostgresJsListen(sql)) throw new Error('The client of postgresStore has no listen()');
  let isListening = false;
  let isClosed = false;
  const listening = Promise.resolve(
    sql.listen(
      channel,
      (message) => {
        if (!isClosed) listener.message(message);
      },
      () => {
        if (isListening && !isClosed)
          listener.lost(new Error('The connection of postgres.js that listens was opened again'));
        isListening = true;
      },
    ),
  );
  listening.catch(ignore);
  return {
    ready: listening.then(() => {}),
    ping: undefined,
    async close() {
      isClosed = true;
      // Without a connection this fails, and there is nothing to stop.
      await listening.then(({ unlisten }) => unlisten()).catch(ignore);
    },
  };
}

/** Listens in PGlite, which is in this process. */
export function listenByPglite(
  client: object,
  channel: string,
  listener: ChannelListener,
): ListeningConnection {
  if (!isPgliteListen(client)) throw new Error('The client of postgresStore has no listen()');
  const listening = client.listen(channel, (message) => listener.message(message));
  listening.catch(ignore);
  return {
    ready: listening.then(() => {}),
    ping: async () => {},
    async close() {
      await listening.then((unlisten) => unlisten()).catch(ignore);
    },
  };
}

const PING = { text: 'SELECT 1', rowMode: 'array' } as const;

async function listenOn(
  client: PgClient,
  channel: string,
  listener: ChannelListener,
): Promise<() => Promise<void>> {
  if (!isPgEvents(client)) throw new Error('The client of postgresStore emits no notifications');
  const onNotification = (content: unknown): void => {
    const { channel: name, payload }: { channel?: unknown; payload?: unknown } = Object(content);
    if (name === channel) listener.message(String(payload));
  };
  const onError = (error: unknown): void => listener.lost(error);
  const onEnd = (): void => listener.lost(new Error('The connection of the subscription was closed'));
  client.on('notification', onNotification);
  client.on('error', onError);
  client.on('end', onEnd);
  await client.query({ text: `LISTEN "${channel}"`, rowMode: 'array' });
  return async () => {
    client.removeListener('notification', onNotification);
    client.removeListener('error', onError);
    client.removeListener('end', onEnd);
  };
}

function ignore(): void {}

function isPgEvents(client: object): client is PgClient & PgEvents {
  return hasMethod(client, 'on') && hasMethod(client, 'removeListener');
}

function isPostgresJsListen(client: object): client is PostgresJsListen {
  return hasMethod(client, 'listen');
}

function isPgliteListen(client: object): client is PgliteListen {
  return hasMethod(client, 'listen');
}

function hasMethod(client: object, name: string): boolean {
  return typeof Reflect.get(client, name) === 'function';
}
