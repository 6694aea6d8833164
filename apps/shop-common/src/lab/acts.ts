import type { Act } from './act.ts';
import { boundSession } from './acts/bound-session.ts';
import { lostResponse } from './acts/lost-response.ts';
import { parallelRequests } from './acts/parallel-requests.ts';
import { slowRequest } from './acts/slow-request.ts';
import { stolenCookie } from './acts/stolen-cookie.ts';
import { storeOutage } from './acts/store-outage.ts';

/** All acts, in the order of the page. */
export const ACTS: readonly Act[] = [
  parallelRequests,
  lostResponse,
  stolenCookie,
  boundSession,
  storeOutage,
  slowRequest,
];
