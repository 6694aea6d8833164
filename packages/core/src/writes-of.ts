import { parseArray } from './record.ts';

/** Lists the IDs of a body's last writes, newest first, whatever the body holds; undefined where it cannot be read. */
export function writesOf(body: string): readonly string[] | undefined {
  const headerEnd = body.indexOf('\n');
  const writes = parseArray(headerEnd < 0 ? '' : body.slice(0, headerEnd))?.[1];
  return typeof writes === 'string' ? writes.split(' ') : undefined;
}
