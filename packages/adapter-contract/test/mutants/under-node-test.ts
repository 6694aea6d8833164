import { describe, it } from 'node:test';
import { listen } from '../../src/listen.ts';
import { testAdapterContract } from '../../src/test-adapter-contract.ts';
import { serverOf } from './routes.ts';
import { steps } from './steps.ts';

// What runners.test.ts has node:test run, with an adapter that does every step right.
testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app, steps)) });
