// What `wrangler types` writes for an app.
declare module 'cloudflare:workers' {
  export const env: {
    readonly DB: import('@coatcheck/cloudflare').D1Binding;
    readonly SESSIONS: import('@coatcheck/cloudflare').ObjectNamespace<unknown>;
  };
}
