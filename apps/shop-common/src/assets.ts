import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A static file of the pages. */
export interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const DIRECTORY = fileURLToPath(new URL('../assets', import.meta.url));

/** All assets by path. They are read once at startup, so no request can name another file. */
const ASSETS: ReadonlyMap<string, Asset> = new Map(
  readdirSync(DIRECTORY, { recursive: true, encoding: 'utf8' })
    .filter((path) => extname(path) in TYPES)
    .map((path) => {
      const headers = {
        'content-type': TYPES[extname(path)] ?? '',
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      };
      return [path.replaceAll('\\', '/'), { headers, body: readFileSync(join(DIRECTORY, path), 'utf8') }];
    }),
);

/** Changes whenever a file changes, so browsers may cache the files forever. */
const VERSION: string = [...ASSETS.values()]
  .reduce((hash, { body }) => hash.update(body), createHash('sha256'))
  .digest('base64url')
  .slice(0, 10);

/** Finds a file by its path under `/assets/`. */
export function findAsset(path: string): Asset | undefined {
  return ASSETS.get(path);
}

/** Returns the URL of a file. */
export function assetUrl(path: string): string {
  return `/assets/${path}?v=${VERSION}`;
}
