import { type Reason, waived } from './waived.ts';

const REASONS: Readonly<Record<Reason, string>> = {
  'Secure whatever the connection':
    'A cookie with `secure: true` is sent with `Secure` on every connection, and the browser decides.',
  'store internals':
    "The test uses stores that extend express-session's `Store`, their record layout or their `touch`.",
  'Coatcheck draws the token': '`genid` is rejected: an app cannot weaken the IDs and secrets.',
  'a store failure is no absent session':
    'A store that fails makes the request fail; it never signs anyone out.',
  'always HttpOnly': 'No option removes `HttpOnly` from the cookie of a session.',
  'durable before the response':
    'The response waits for the save, so a failure reaches the error handler before anything is sent.',
  'no details of store errors':
    'The error of a store may contain keys and data, so its message is not passed on.',
};

/** A test of the suite that ran. */
export interface RanTest {
  readonly fullTitle: string;
  /** Empty if the test passed. */
  readonly err: object;
}

/** Makes the page that lists each test of the suite. */
export function pageOf(tests: readonly RanTest[]): string {
  // Two tests of the suite may have one title, so only one that failed is waived.
  const reasonOf = ({ fullTitle, err }: RanTest): Reason | undefined =>
    Object.keys(err).length > 0 ? waived[fullTitle] : undefined;
  const count = (reason: Reason | undefined): number =>
    tests.filter((test) => reasonOf(test) === reason).length;
  const passed = count(undefined);
  const reasons = Object.entries(REASONS) as [Reason, string][];
  const rows = tests.map((test) => `| ${escaped(test.fullTitle)} | ${reasonOf(test) ?? 'passes'} |`);
  return `# express-session's own tests

The test suite of express-session 1.19.0 runs against [\`@coatcheck/express-session\`](../packages/express-session) in CI, from a checkout of
[expressjs/session](https://github.com/expressjs/session) at its release commit. ${passed} of its ${tests.length} tests pass. ${tests.length - passed} are waived, for one of seven reasons.

This page is written by [run.ts](../packages/express-session/test/upstream/run.ts) \`--write\`, and CI fails if it is out of date.

## Reasons

| reason | tests | why |
| --- | --- | --- |
${reasons.map(([reason, why]) => `| ${reason} | ${count(reason)} | ${why} |`).join('\n')}

## Tests

| test | result |
| --- | --- |
${rows.join('\n')}
`;
}

function escaped(title: string): string {
  return title.replaceAll(/[|<>*_[\]`]/g, '\\$&');
}
