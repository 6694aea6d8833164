import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import type { BundleSize } from './results.ts';

/** What each bundle exports, by the name that the report and the budget use. */
export const BUNDLES: Readonly<Record<string, string>> = {
  'createSessions, cookie, memoryStore': `export { cookie, createSessions, memoryStore } from '@coatcheck/core';`,
  '@coatcheck/core': `export * from '@coatcheck/core';`,
  '@coatcheck/express': `export * from '@coatcheck/express';`,
  '@coatcheck/express-session': `export { default } from '@coatcheck/express-session';`,
  '@coatcheck/koa': `export * from '@coatcheck/koa';`,
  '@coatcheck/hono': `export * from '@coatcheck/hono';`,
  '@coatcheck/fetch': `export * from '@coatcheck/fetch';`,
  '@coatcheck/fastify': `export * from '@coatcheck/fastify';`,
  '@coatcheck/cloudflare': `export * from '@coatcheck/cloudflare';`,
  '@coatcheck/sqlite': `export * from '@coatcheck/sqlite';`,
  '@coatcheck/redis': `export * from '@coatcheck/redis';`,
  '@coatcheck/postgres': `export * from '@coatcheck/postgres';`,
  'express-session': `export { default } from 'express-session';`,
  'connect-redis': `export * from 'connect-redis';`,
  'connect-pg-simple': `export { default } from 'connect-pg-simple';`,
  'better-sqlite3-session-store': `export { default } from 'better-sqlite3-session-store';`,
  'koa-session': `export { default } from 'koa-session';`,
  'hono-sessions': `export * from 'hono-sessions';`,
  '@hono/session': `export * from '@hono/session';`,
  '@fastify/session, @fastify/cookie': `export { default } from '@fastify/session'; export { default as cookie } from '@fastify/cookie';`,
  'iron-session': `export * from 'iron-session';`,
};

/** What a worker consists of, with the framework: nobody else brings it along. */
const WORKER = {
  name: 'a worker: Hono, @coatcheck/hono, d1Store',
  contents: `export { Hono } from 'hono'; export { createSessions, perBinding, session } from '@coatcheck/hono'; export { d1Store } from '@coatcheck/cloudflare';`,
};

/** The frameworks and the databases' clients, which an app has whatever it keeps sessions with. */
const EXTERNAL = ['express', 'koa', 'hono', 'fastify', 'redis', 'ioredis', 'pg', 'better-sqlite3'];

type Target = Pick<BuildOptions, 'platform' | 'target' | 'external' | 'mainFields' | 'conditions'>;

const FOR_NODE: Target = {
  platform: 'node',
  target: 'node24',
  external: EXTERNAL.flatMap((name) => [name, `${name}/*`]),
};
const FOR_WORKERD: Target = {
  platform: 'neutral',
  target: 'es2024',
  mainFields: ['module', 'main'],
  conditions: ['workerd', 'worker'],
  external: ['node:*', 'cloudflare:*'],
};

/** Bundles each package with its dependencies for Node, and a worker for workerd, minified, and compresses it. */
export async function measureBundles(): Promise<Record<string, BundleSize>> {
  const sizes: Record<string, BundleSize> = {};
  for (const [name, contents] of Object.entries(BUNDLES)) sizes[name] = await sizeOf(contents, FOR_NODE);
  sizes[WORKER.name] = await sizeOf(WORKER.contents, FOR_WORKERD);
  return sizes;
}

async function sizeOf(contents: string, target: Target): Promise<BundleSize> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    logLevel: 'error',
    ...target,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild gave no file');
  return { minified: file.contents.length, compressed: compressedSize(file.contents) };
}

/** Returns how many bytes code takes with brotli. */
export function compressedSize(code: string | Uint8Array): number {
  return brotliCompressSync(code, {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).length;
}
