/** Tells whether an `Accept` header prefers JSON to a page. The default is a page. */
export function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  return qualityOf(accept, 'application/json') > qualityOf(accept, 'text/html');
}

/** Returns the weight of a media type, from 0 to 1. The most specific matching range of the header decides (RFC 9110, 12.5.1). */
function qualityOf(accept: string, type: string): number {
  const ranges = new Map<string, number>();
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    ranges.set(range, quality >= 0 && quality <= 1 ? quality : 0);
  }
  const [family = ''] = type.split('/');
  return ranges.get(type) ?? ranges.get(`${family}/*`) ?? ranges.get('*/*') ?? 0;
}
