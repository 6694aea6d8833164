import { configError } from '../../common/errors.ts';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Second levels under which the registries of these countries sell names. */
const COUNTRY_SUFFIX =
  /^(?:ac|co|com|edu|gov|net|ne|or|org)\.(?:ar|au|bd|br|cn|cy|eg|gr|hk|id|il|in|jp|ke|kr|mx|my|ng|nz|pe|ph|pk|pl|sa|sg|th|tr|tw|ua|uk|ve|vn|za)$/;
/** Hosting domains whose subdomains belong to different customers. */
const SHARED: ReadonlySet<string> = /* @__PURE__ */ new Set(
  'appspot.com azurewebsites.net cloudfront.net firebaseapp.com fly.dev github.io gitlab.io herokuapp.com myshopify.com netlify.app ngrok.app ngrok.io onrender.com pages.dev run.app up.railway.app vercel.app web.app workers.dev'.split(
    ' ',
  ),
);

/** Throws `ERR_CONFIG` for a domain that no browser accepts a cookie for. Knows common public suffixes only: the whole list is several times as large as this library. */
export function checkDomain(domain: unknown): void {
  const labels = typeof domain === 'string' ? domain.split('.') : [];
  const name = labels.join('.').toLowerCase();
  if (!labels.every((label) => LABEL.test(label)) || labels.length < 2 || name.length > 253) {
    throw configError('cookie domain', domain, "a host name such as 'example.com'");
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) {
    throw configError('cookie domain', domain, 'a host name: browsers accept no Domain for an IP address');
  }
  if (COUNTRY_SUFFIX.test(name) || SHARED.has(name)) {
    throw configError(
      'cookie domain',
      domain,
      'a domain of your own: browsers reject a cookie for a public suffix',
    );
  }
}
