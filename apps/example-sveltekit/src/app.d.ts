import type { Session } from '@coatcheck/fetch';
import type { ShopData } from './lib/server/sessions.ts';

declare global {
  namespace App {
    interface Locals {
      session: Session<ShopData>;
    }
  }
}
