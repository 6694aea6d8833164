// Stands in for express-session's session/cookie.js while its test suite runs.

export { Cookie as 'module.exports' } from '@coatcheck/express-session';
