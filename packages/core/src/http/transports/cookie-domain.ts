import { configError } from '../../common/errors.ts';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** Second levels under which registries sell names, and hosting domains whose subdomains belong to different customers. */
const COMMON_SUFFIX =
  /^(?:(?:ac|com?|edu|gov|net?|org?)\.(?:ar|au|bd|br|cn|cy|eg|gr|hk|id|il|in|jp|ke|kr|mx|my|ng|nz|pe|ph|pk|pl|sa|sg|th|tr|tw|ua|uk|ve|vn|za)|(?:appspot|firebaseapp|herokuapp|myshopify|onrender)\.com|(?:github|gitlab|ngrok)\.io|(?:netlify|ngrok|run|up\.railway|vercel|web)\.app|(?:fly|pages|workers)\.dev|(?:azurewebsites|cloudfront)\.net)$/;

/** Throws `ERR_CONFIG` for a domain that no browser accepts a cookie for. Knows the common public suffixes only (decisions/common-public-suffixes.md). */
export function checkDomain(domain: unknown): void {
  const labels = typeof domain === 'string' ? domain.split('.') : [];
  const name = labels.join('.').toLowerCase();
  if (!labels.every((label) => LABEL.test(label)) || labels.length < 2 || name.length > 253) {
    throw configError('cookie domain', domain, "a host name such as 'example.com'");
  }
  if (/^\d+$/.test(labels.at(-1) ?? '')) {
    throw configError('cookie domain', domain, 'a host name: browsers accept no Domain for an IP address');
  }
  if (COMMON_SUFFIX.test(name)) {
    throw configError(
      'cookie domain',
      domain,
      'a domain of your own: browsers reject a cookie for a public suffix',
    );
  }
}
