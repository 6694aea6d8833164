// PGlite 0.3 declares an ES module only, so that a file in CommonJS cannot import its types.

import type { SessionStore } from '@coatcheck/core';
import { postgresStore } from '@coatcheck/postgres';
import { PGlite } from '@electric-sql/pglite';

export const store: SessionStore = postgresStore(new PGlite(), { schema: 'app' });
