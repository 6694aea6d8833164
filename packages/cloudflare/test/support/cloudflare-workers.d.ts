declare module 'cloudflare:workers' {
  import type { D1Binding, ObjectNamespace } from '../../src/index.ts';
  /** The bindings, outside of a request too. */
  export const env: { readonly DB: D1Binding; readonly SESSIONS: ObjectNamespace<unknown> };
}
