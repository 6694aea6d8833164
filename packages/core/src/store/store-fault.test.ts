import { describe, expect, it } from 'vitest';
import { thrown } from '../../test/support/set-up.ts';
import { SessionError } from '../common/errors.ts';
import { judgeFault, outcomeUnknown, storeFailed } from './store-fault.ts';

const withCode = (message: string, code: unknown) => Object.assign(new Error(message), { code });

describe("the driver's message is recognised, and says what to do", () => {
  it.for<[message: string, reason: string, action: string]>([
    ['The client is closed', 'the client is closed', 'Connect the client'],
    ['Connection is closed.', 'the client is closed', 'Connect the client'],
    ['database is not open', 'the database is closed', 'open a new one'],
    ['statement has been finalized', 'the database is closed', 'open a new one'],
    ['The client is offline', 'the client is not connected', 'Connect the client'],
    [
      "Stream isn't writeable and enableOfflineQueue options is false",
      'is not connected',
      'Connect the client',
    ],
    ['NOAUTH Authentication required.', 'asks for a password (NOAUTH)', 'username and password'],
    ['WRONGPASS invalid username-password pair', 'WRONGPASS', 'username and password'],
    ["NOPERM User x has no permissions to run the 'getex' command", 'NOPERM', 'Allow the commands'],
    ["ERR unknown command 'GETEX', with args beginning with: 'coatcheck:abc'", 'GETEX', 'Redis 6.2'],
    ['ERR unknown command `eval`, with args beginning with: `x`', 'the command eval', 'renames no command'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'out of memory (OOM)', 'maxmemory'],
    ["READONLY You can't write against a read only replica.", 'READONLY', 'to the primary'],
    ['ReplyError: LOADING Redis is loading the dataset in memory', 'LOADING', 'Wait until'],
    ['MISCONF Redis is configured to save RDB snapshots', 'MISCONF', 'Free space'],
    ['CLUSTERDOWN The cluster is down', 'CLUSTERDOWN', 'slot'],
    ['MOVED 866 127.0.0.1:7001', 'MOVED', 'cluster client'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONGTYPE', 'a prefix'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'to 127.0.0.1:6379 was refused (ECONNREFUSED)', 'runs'],
    ['connect ECONNREFUSED ::1:6379', 'to ::1:6379 was refused', 'runs'],
    ['getaddrinfo ENOTFOUND redis.internal', 'the host name redis.internal has no address', 'address'],
    [
      'Redis did not reply within commandTimeout (2000 ms). The command may still be executed later.',
      'within 2000 ms',
      'network',
    ],
    ['Socket closed unexpectedly', 'the connection was lost', 'network'],
    [
      'The HTTP API of Redis refuses the token of the client.',
      'HTTP API of Redis refuses the token of the client',
      'URL and the token',
    ],
    ['The HTTP API of the database responded with status 502.', 'status 502', 'state of the database'],
    ['database is locked', 'locked by another connection', 'open transaction'],
    ['database or disk is full', 'the disk is full', 'Free space'],
    ['ENOSPC: no space left on device, write', 'the disk is full', 'Free space'],
    ['attempt to write a readonly database', 'read-only', 'writable'],
    ['no such table: main.coatcheck_sessions', 'table of the store is missing', 'Create the store again'],
    ['disk I/O error', 'the disk failed', 'Check the disk'],
    ['database disk image is malformed', 'damaged', 'backup'],
    ['password authentication failed for user "shop"', 'refuses the password', 'password'],
    ['sorry, too many clients already', 'no free connection', 'pools'],
  ])('%s', ([message, reason, action]) => {
    const fault = judgeFault(new Error(message));
    expect(fault.reason).toContain(reason);
    expect(fault.action).toContain(action);
    expect(fault.error.message).toContain(reason);
    const error = storeFailed('read', fault);
    expect(error.message).toBe(`The session store failed to read: ${fault.reason}. ${fault.action}`);
    expect(error.cause).toBe(fault.error);
    expect(outcomeUnknown(fault).message).toContain(
      `failed to write: ${fault.reason}. ${fault.action} It is`,
    );
  });

  it('by the code where the message says nothing', () => {
    expect(judgeFault(withCode('', 'SQLITE_BUSY')).reason).toContain('locked');
    expect(judgeFault(withCode('relation "s" does not exist', '42P01')).reason).toContain(
      'table of the store',
    );
  });

  it('in a cause, and in the first of several errors', () => {
    const refused = withCode('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED');
    expect(judgeFault(new Error('Failed query: select', { cause: refused })).reason).toContain(
      '127.0.0.1:5432',
    );
    expect(judgeFault(new AggregateError([refused], '')).reason).toContain('127.0.0.1:5432');
  });
});

describe('secrets, keys and bodies are removed', () => {
  it.for<[unknown, string]>([
    [new Error("SET coatcheck:abc 'secret' failed"), 'Error'],
    [new Error('READONLY for set session:secret "secret"'), 'READONLY'],
    [new Error("ERR unknown command 'GETEX', with args beginning with: 'secret'"), 'GETEX'],
    [withCode('x', 'secret code: redis://:secret@host'), 'Error'],
    [withCode('x', { secret: true }), 'Error'],
    [Object.assign(new Error('x'), { name: 'secret in a name' }), 'The store rejected with'],
    [Object.assign(new Error('x'), { command: { args: ['secret'] } }), 'Error'],
    [new Error('Failed query: insert into secret', { cause: new Error('params: secret') }), 'Error'],
    ['secret', 'a value that is not an Error'],
    [{ message: 'secret' }, 'a value that is not an Error'],
  ])('from %s', ([cause, part]) => {
    const fault = judgeFault(cause);
    const shown = `${fault.reason} ${fault.action} ${fault.error.message} ${fault.error.stack}`;
    expect(shown).not.toContain('secret');
    expect(shown).toContain(part);
    expect(Object.keys(fault.error)).toEqual([]);
  });

  it('and an unknown message is replaced by where to look', () => {
    const fault = judgeFault(new TypeError('cannot read secret'));
    expect(fault.reason).toBe('it rejected with TypeError');
    expect(fault.action).toContain('log of the database');
  });
});

describe("a store's own SessionError", () => {
  it('with ERR_CONFIG reaches the app as such', () => {
    const own = new SessionError('ERR_CONFIG', 'table has another shape.');
    expect(thrown(() => judgeFault(own), 'ERR_CONFIG')).toBe(own);
  });

  it('with ERR_CONFIG of another copy of the core too', () => {
    const foreign = Object.assign(new Error('table has another shape.'), {
      name: 'SessionError',
      code: 'ERR_CONFIG',
    });
    expect(thrown(() => judgeFault(foreign), 'ERR_CONFIG').message).toBe(foreign.message);
  });

  it('with ERR_STORE_UNAVAILABLE keeps its message', () => {
    const cause = withCode('secret', 'SQLITE_BUSY');
    const own = new SessionError('ERR_STORE_UNAVAILABLE', 'The database is locked. Look for a shell.', {
      cause,
    });
    const fault = judgeFault(own);
    expect(storeFailed('read', fault).message).toBe(
      'The session store failed to read: The database is locked. Look for a shell.',
    );
    expect(fault.error.message).toBe('The store rejected with Error SQLITE_BUSY');
  });
});
