import { describe, it } from 'node:test';
import { listen } from '../../src/listen.ts';
import { testAdapterContract } from '../../src/test-adapter-contract.ts';
import { serverOf } from './routes.ts';
import { steps } from './steps.ts';

// Started by runners.test.ts under node:test, with a correct adapter.
testAdapterContract({ describe, it }, { serve: (app) => listen(serverOf(app, steps)) });
