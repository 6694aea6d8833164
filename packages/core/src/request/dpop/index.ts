export { type DpopOptions, dpop } from './dpop.ts';
