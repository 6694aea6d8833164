/** Tells whether an `Accept` header asks for JSON rather than for a page. A page is what everybody gets who does not ask. */
export function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  return qualityOf(accept, 'application/json') > qualityOf(accept, 'text/html');
}

/** Gives the weight of a media type, from 0 to 1: the most exact range of the header that it falls into decides (RFC 9110, 12.5.1). */
function qualityOf(accept: string, type: string): number {
  const ranges = new Map<string, number>();
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    ranges.set(range, quality >= 0 && quality <= 1 ? quality : 0);
  }
  const [family = ''] = type.split('/');
  return ranges.get(type) ?? ranges.get(`${family}/*`) ?? ranges.get('*/*') ?? 0;
}
