import { describe, it } from 'node:test';
import { listen } from '../listen.ts';
import { testAdapterContract } from '../test-adapter-contract.ts';
import { serverOf } from './routes.ts';
import { steps } from './steps.ts';

// What runners.test.ts has node:test run, with an adapter that does every step right.
testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app, steps)) });
