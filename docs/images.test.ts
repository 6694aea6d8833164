import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The width that a picture has on a page in a window of 390 px. */
const NARROW = 342;

const directory = join(import.meta.dirname, 'images');

describe.for(globSync('*.svg', { cwd: directory }))('%s', (name) => {
  const source = readFileSync(join(directory, name), 'utf8');

  it('is readable in a narrow window: nothing is scaled down, and letters have 12 px or more', () => {
    expect(Number(/viewBox="0 0 (\d+) /.exec(source)?.[1])).toBeLessThanOrEqual(NARROW);
    const sizes = [...source.matchAll(/font(?:-size)?[:=] ?"?(\d+)/g)].map(([, size]) => Number(size));
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12);
  });

  it('has colours for light and dark', () => {
    const [light = '', dark = ''] = source.split('@media (prefers-color-scheme: dark)');
    const classesOf = (css: string) =>
      [...css.matchAll(/^ +(\S+) \{[^}]*(?:fill|stroke): #/gm)].map(([, name]) => name);
    expect(classesOf(light).length).toBeGreaterThan(0);
    expect(classesOf(dark)).toEqual(classesOf(light));
  });

  it('says in words what it shows', () => {
    expect(source).toMatch(/<title id="title">.+<\/title>\s+<desc id="description">.+<\/desc>/);
  });
});
