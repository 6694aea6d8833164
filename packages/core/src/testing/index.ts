export { type FakeClock, fakeClock } from './fake-clock.ts';
export { type Issued, type IssueOptions, issue } from './issue.ts';
