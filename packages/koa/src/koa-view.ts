import { ParsedRequestView } from '@coatcheck/core/adapter';

/** Shows a request of Koa to the core. */
export class KoaView extends ParsedRequestView {
  /** Returns undefined for a target that cannot be parsed, such as `GET http://[/`, for which Koa throws. */
  override query(name: string): string | undefined {
    try {
      return super.query(name);
    } catch {
      return undefined;
    }
  }
}
