/** A failure of a database that its message shows: what to say in place of the message, and what to do. */
export interface KnownFault {
  /** Matches the message or a code of the database's error. A group may capture only what is no secret. */
  readonly pattern: RegExp;
  /** `$1` and `$2` stand for the groups. */
  readonly reason: string;
  readonly action: string;
}

const known = (pattern: RegExp, reason: string, action: string): KnownFault => ({ pattern, reason, action });

const CONNECT = 'Connect the client before the first request, and close it after the last response.';
const REACH = 'Check that the database runs, and the address and the network between.';
const HOST = '[\\w.:-]{1,253}';

/**
 * The failures whose messages are recognised. Other messages are left out, since a driver may put commands, keys and bodies into them: what is shown
 * of an error is listed here, not what is hidden.
 */
export const KNOWN_FAULTS: readonly KnownFault[] = /* @__PURE__ */ listFaults();

/** Makes the list in a call, which bundlers leave out of what does not use it. */
function listFaults(): readonly KnownFault[] {
  return [
    // Connections
    known(
      new RegExp(`ECONNREFUSED (${HOST}:\\d{1,5})`),
      'the connection to $1 was refused (ECONNREFUSED)',
      REACH,
    ),
    known(/ECONNREFUSED/, 'the connection was refused (ECONNREFUSED)', REACH),
    known(new RegExp(`(?:ENOTFOUND|EAI_AGAIN) (${HOST})`), 'the host name $1 has no address', REACH),
    known(/client is closed|connection is closed|ClientClosed/i, 'the client is closed', CONNECT),
    known(/client is offline|stream isn't writeable/i, 'the client is not connected', CONNECT),
    known(/after calling end on the pool|client was closed/i, 'the connection pool has ended', CONNECT),
    known(
      /connection is not open|database is not open|statement has been finalized|cannot use a closed database|database has closed/i,
      'the database is closed',
      'Close the store after the last response, and open a new one to go on.',
    ),
    known(/max retries per request/i, 'the client gave up reconnecting', REACH),
    known(
      /did not (?:reply|respond) within (?:commandTimeout \()?(\d+) ms/,
      'the database did not respond within $1 ms',
      REACH,
    ),
    known(
      /socket closed|connection terminated|server closed the connection|\bUND_ERR_SOCKET\b/i,
      'the connection was lost',
      REACH,
    ),
    known(/timeout exceeded when trying to connect|connection timeout/i, 'connecting took too long', REACH),
    known(
      /too many clients|too many connections|\b53300\b/i,
      'the database has no free connection',
      'Raise the limit of connections, or lower the size of the pools.',
    ),
    known(
      /^(D1|The Durable Object) reported: ([^\n]{1,300})/,
      '$1 reported: $2',
      'Look at the metrics of the database and of the worker.',
    ),
    // Stores over HTTP, which leave out what a response contains
    known(
      /^The (HTTP API of [^\n]{1,150})\./,
      'the $1',
      'Check the URL and the token of the client, and the state of the database.',
    ),
    // Redis
    known(
      /\bNOAUTH\b/,
      'Redis asks for a password (NOAUTH)',
      'Give the client the username and password of the server.',
    ),
    known(
      /\bWRONGPASS\b|invalid password/,
      'Redis refuses the password (WRONGPASS)',
      'Give the client the username and password of the server.',
    ),
    known(
      /\bNOPERM\b/,
      'the Redis user may not run a command or use these keys (NOPERM)',
      'Allow the commands that the README of @coatcheck/redis lists, for the keys with its prefix.',
    ),
    known(
      /unknown command [`'"]?getex\b/i,
      'Redis does not know the command GETEX',
      'Update the server to Redis 6.2 or later, or Valkey.',
    ),
    known(
      /unknown command [`'"]?([a-z]{1,20})\b/i,
      'Redis does not know the command $1',
      'Update the server to Redis 6.2 or later, or Valkey, and check that it renames no command.',
    ),
    known(
      /\bOOM\b/,
      'Redis is out of memory (OOM)',
      'Raise maxmemory, or remove other data. Keep maxmemory-policy noeviction, since any other ends sessions early.',
    ),
    known(
      /\bREADONLY\b/,
      'the Redis server is a read-only replica (READONLY)',
      'Connect the client to the primary, through Sentinel or as a cluster.',
    ),
    known(/\bLOADING\b/, 'Redis is loading its data after a start (LOADING)', 'Wait until it has loaded.'),
    known(
      /\bMISCONF\b/,
      'Redis cannot save to its disk and refuses writes (MISCONF)',
      'Free space on its disk, and read its log.',
    ),
    known(
      /\bCLUSTERDOWN\b/,
      'the Redis cluster is down (CLUSTERDOWN)',
      'Check that every slot has a primary.',
    ),
    known(
      /\bMASTERDOWN\b/,
      'the Redis replica has lost its primary (MASTERDOWN)',
      'Connect the client to the primary.',
    ),
    known(
      /\bNOREPLICAS\b/,
      'the Redis primary has too few replicas to accept writes (NOREPLICAS)',
      'Bring the replicas back, or lower min-replicas-to-write.',
    ),
    known(
      /\bMOVED\b/,
      'the key is on another server of a Redis cluster (MOVED)',
      'Pass a cluster client to the store: createCluster of node-redis, or Cluster of ioredis.',
    ),
    known(
      /\bWRONGTYPE\b/,
      'a key with the prefix of the store has a value of another type (WRONGTYPE)',
      'Give the store a prefix that no other program uses.',
    ),
    known(
      /\b(BUSY|TRYAGAIN|UNKILLABLE)\b(?= )/,
      'Redis is busy ($1)',
      'Retry later, and look for a slow script on the server.',
    ),
    // SQLite
    known(
      /database (?:table )?is locked|\bSQLITE_(?:BUSY|LOCKED)/,
      'the database is locked by another connection',
      'Look for a program with an open transaction: a backup, a migration, a shell.',
    ),
    known(
      /database or disk is full|disk full|no space left|\bENOSPC\b|\bSQLITE_FULL\b|\b53100\b/i,
      'the disk is full',
      'Free space on the disk of the database.',
    ),
    known(
      /readonly database|\bSQLITE_READONLY/,
      'the database is read-only',
      'Make the file and its directory writable for this process.',
    ),
    known(
      /no such table|\b42P01\b|relation "[^"]*" does not exist/,
      'the table of the store is missing',
      'Create the store again: that creates the table.',
    ),
    known(
      /disk I\/O error|\bSQLITE_IOERR/,
      'the disk failed (I/O error)',
      'Check the disk, and that the file was not moved or deleted.',
    ),
    known(/disk image is malformed|\bSQLITE_CORRUPT/, 'the database is damaged', 'Restore it from a backup.'),
    known(
      /unable to open database file|\bSQLITE_CANTOPEN/,
      'the database file cannot be opened',
      'Check the path and its permissions.',
    ),
    // PostgreSQL
    known(
      /password authentication failed|\b28P01\b/,
      'the database refuses the password',
      'Give the client the user and password of the server.',
    ),
    known(
      /permission denied|\b42501\b/,
      'the user of the database lacks a permission',
      'Grant it SELECT, INSERT, UPDATE and DELETE on the table of the store.',
    ),
    known(
      /\b57P0[123]\b|cannot connect now|administrator command/,
      'the database is starting or stopping',
      'Wait until it has started.',
    ),
    known(
      /statement timeout|\b57014\b/,
      'the statement was cancelled',
      'Look for locks and slow statements on the database.',
    ),
    known(/read-only transaction|\b25006\b/, 'the server is read-only', 'Connect the client to the primary.'),
    // Codes alone
    known(/\b(ETIMEDOUT|ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH)\b/, 'the connection failed ($1)', REACH),
  ];
}
