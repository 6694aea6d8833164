declare module 'cloudflare:workers' {
  /** The variables of the worker. */
  export const env: { readonly URL: string; readonly TOKEN: string };
}
