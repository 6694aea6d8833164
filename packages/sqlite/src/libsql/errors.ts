import { SessionError } from '@coatcheck/core';

/** Reports that the database did not respond in time. The statement may still be executed later. */
export function timeoutError(milliseconds: number): Error {
  return new Error(
    `The database did not respond within ${milliseconds} ms (queryTimeout). The statement may still be executed later.`,
  );
}

/** Replaces an error of the client whose message may contain the body of a response or a URL. */
export function explain(error: unknown, table: string): unknown {
  if (!(error instanceof Error)) return new Error('The client of libsqlStore rejected with no error.');
  const { name, message, cause } = error;
  const status = /HTTP status (\d{3})/.exec(message)?.[1];
  if (status === '401' || status === '403') {
    return new Error(`The HTTP API of the database refuses the token of the client (status ${status}).`);
  }
  if (status !== undefined) {
    return new Error(`The HTTP API of the database responded with status ${status}.`);
  }
  if (name === 'TimeoutError' || name === 'AbortError') {
    return new Error(
      'The HTTP API of the database did not respond before the signal of the client ended the request.',
    );
  }
  if (name === 'SyntaxError' || message.startsWith('HRANA_PROTO_ERROR')) {
    return new Error('The HTTP API of the database sent a response that is not of its protocol.');
  }
  if (name === 'TypeError') return new Error('The HTTP request to the database failed.', { cause });
  if (/has no column named|no such column/.test(message)) {
    return new SessionError(
      'ERR_CONFIG',
      `The database already has a table or view named '${table}' that this package did not create. Set table to another name.`,
    );
  }
  return error;
}

/** Tells whether an error says that the table does not exist, so that the statement changed nothing. */
export function isTableMissing(error: unknown): boolean {
  return error instanceof Error && error.message.includes('no such table');
}

/** Tells whether an error says that another process created the table first. */
export function isTableThere(error: unknown): boolean {
  return error instanceof Error && error.message.includes('already exists');
}
