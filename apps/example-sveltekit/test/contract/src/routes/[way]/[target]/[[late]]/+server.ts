import { respondTo } from '@coatcheck/runtimes/contract-routes';
import type { RequestHandler } from '@sveltejs/kit';
import { appOf } from '../../../../apps.ts';

export const fallback: RequestHandler = (event) =>
  respondTo(appOf(event), event.request, event.locals.carried);
