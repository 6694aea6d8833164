// The starter of each framework, and where the recipe of the documentation goes in it.

/**
 * @typedef {object} Starter
 * @property {string} framework The framework's package.
 * @property {readonly string[]} [create] Makes the starter in the folder `app`, with the framework's own program.
 * @property {Readonly<Record<string, string | object>>} [files] The starter's files, where the framework's program would download them.
 * @property {Readonly<Record<string, string>>} dependencies What the recipe needs beside the packed packages.
 * @property {readonly string[]} [drop] Dependencies of the starter that do not fit.
 * @property {string} page The page of the recipe.
 * @property {(name: string) => boolean} isOurs Whether a file of the page belongs to this framework.
 * @property {(content: string) => string} [edit] Changes a file of the page, for another version of the framework.
 * @property {readonly (readonly string[])[]} check What must succeed: the types with --strict, and the build.
 * @property {readonly string[]} [serve] Starts the production server, on the port of the environment.
 */

const STRICT = ['npx', 'tsc', '--noEmit', '--strict'];

const CREATE_SVELTEKIT = [
  ...['npx', '--yes', 'sv@0.17.1', 'create', 'app'],
  ...['--template', 'minimal', '--types', 'ts', '--no-add-ons', '--no-install'],
];

const CHECK_SVELTEKIT = [
  ['npx', 'svelte-kit', 'sync'],
  ['npx', 'svelte-check', '--fail-on-warnings'],
  STRICT,
  ['npx', 'vite', 'build'],
];

/** @param {string} name */
const isOfSvelteKit = (name) => /^src\/(?:hooks|app|lib|routes)/.test(name);

/** @type {Readonly<Record<string, Starter>>} */
export const STARTERS = {
  next: {
    framework: 'next',
    create: [
      'npx',
      '--yes',
      'create-next-app@16.4.3',
      'app',
      '--yes',
      '--ts',
      '--app',
      '--no-tailwind',
      '--no-eslint',
      '--no-src-dir',
      '--use-npm',
      '--skip-install',
      '--disable-git',
    ],
    // The starter's layout downloads fonts.
    files: {
      'app/layout.tsx': `export default function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
`,
    },
    dependencies: { '@types/node': '24.19.2', next: '16.4.6' },
    page: 'docs/next.md',
    // The starter has a start page, and no cart.
    isOurs: () => true,
    check: [['npx', 'next', 'build'], STRICT],
  },
  sveltekit: {
    framework: '@sveltejs/kit',
    create: CREATE_SVELTEKIT,
    // What `npx sv migrate sveltekit-3` does to a starter of SvelteKit 2.
    files: {
      'tsconfig.json': { extends: '$app/tsconfig', compilerOptions: { strict: true } },
      'vite.config.ts': `import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [sveltekit({ adapter: adapter() })] });
`,
      'src/routes/+layout.svelte': `<script lang="ts">
  let { children } = $props();
</script>

{@render children()}
`,
    },
    drop: ['@sveltejs/adapter-auto'],
    dependencies: {
      '@sveltejs/adapter-node': '6.0.1',
      '@sveltejs/kit': '3.2.0',
      '@types/node': '24.19.2',
      'svelte-check': '4.7.8',
    },
    page: 'docs/recipes.md',
    isOurs: isOfSvelteKit,
    check: CHECK_SVELTEKIT,
  },
  'sveltekit-2': {
    framework: '@sveltejs/kit',
    create: CREATE_SVELTEKIT,
    dependencies: { '@types/node': '24.19.2', cookie: '0.6.0' },
    page: 'docs/recipes.md',
    isOurs: isOfSvelteKit,
    // As the page says.
    edit: (content) =>
      content
        .replace(', HandleServerError }', ' }')
        .replace("'@sveltejs/kit/hooks'", "'@sveltejs/kit'")
        .replace('{ SessionError, withSession }', '{ withSession }')
        .replace(/export const handleError[\s\S]*?\n\};\n/, ''),
    check: CHECK_SVELTEKIT,
  },
  astro: {
    framework: 'astro',
    files: {
      'package.json': { name: 'app', type: 'module', private: true },
      'tsconfig.json': {
        extends: 'astro/tsconfigs/strict',
        include: ['.astro/types.d.ts', '**/*'],
        exclude: ['dist'],
      },
      'astro.config.mjs': `import node from '@astrojs/node';
import { defineConfig } from 'astro/config';

export default defineConfig({ output: 'server', adapter: node({ mode: 'standalone' }) });
`,
      'src/pages/index.astro': '---\n---\n<h1>Astro</h1>\n',
    },
    dependencies: {
      '@astrojs/node': '11.1.6',
      '@types/node': '24.19.2',
      astro: '7.3.5',
      typescript: '6.0.3',
    },
    page: 'docs/recipes.md',
    isOurs: (name) => name === 'sessions.ts' || /^src\/(?:middleware|pages)/.test(name),
    check: [['npx', 'astro', 'sync'], STRICT, ['npx', 'astro', 'build']],
    serve: ['dist/server/entry.mjs'],
  },
  nuxt: {
    framework: 'nuxt',
    files: {
      'package.json': { name: 'app', type: 'module', private: true },
      'tsconfig.json': {
        files: [],
        references: ['app', 'server', 'shared', 'node'].map((name) => ({
          path: `./.nuxt/tsconfig.${name}.json`,
        })),
      },
      'nuxt.config.ts': `export default defineNuxtConfig({ compatibilityDate: '2026-07-30', devtools: { enabled: false }, telemetry: false });
`,
      'app/app.vue': '<template><h1>Nuxt</h1></template>\n',
    },
    dependencies: {
      '@types/node': '24.19.2',
      '@types/on-headers': '2.1.30',
      h3: '1.15.11',
      nuxt: '4.5.2',
      'on-headers': '1.1.0',
      typescript: '6.0.3',
      vue: '3.5.40',
      'vue-router': '5.2.0',
      'vue-tsc': '3.3.14',
    },
    page: 'docs/nuxt.md',
    isOurs: () => true,
    check: [
      ['npx', 'nuxt', 'prepare'],
      ['npx', 'vue-tsc', '-b', '--noEmit'],
      ['npx', 'nuxt', 'build'],
    ],
    serve: ['.output/server/index.mjs'],
  },
  'react-router': {
    framework: 'react-router',
    files: {
      'package.json': { name: 'app', type: 'module', private: true },
      'tsconfig.json': {
        include: ['**/*', '.react-router/types/**/*'],
        compilerOptions: {
          lib: ['DOM', 'DOM.Iterable', 'ES2023'],
          types: ['node', 'vite/client'],
          target: 'ES2023',
          module: 'ES2022',
          moduleResolution: 'bundler',
          jsx: 'react-jsx',
          rootDirs: ['.', './.react-router/types'],
          esModuleInterop: true,
          verbatimModuleSyntax: true,
          noEmit: true,
          resolveJsonModule: true,
          skipLibCheck: true,
          strict: true,
          allowImportingTsExtensions: true,
        },
      },
      'vite.config.ts': `import { reactRouter } from '@react-router/dev/vite';
import { defineConfig } from 'vite';

export default defineConfig({ plugins: [reactRouter()] });
`,
      'react-router.config.ts': `import type { Config } from '@react-router/dev/config';

export default { ssr: true } satisfies Config;
`,
      'app/root.tsx': `import { Outlet, Scripts } from 'react-router';
import { sessionMiddleware } from './session.ts';

export const middleware = [sessionMiddleware];

export default function App() {
  return (
    <html lang="en">
      <body>
        <Outlet />
        <Scripts />
      </body>
    </html>
  );
}
`,
      'app/routes.ts': `import { index, type RouteConfig, route } from '@react-router/dev/routes';

export default [index('routes/home.tsx'), route('cart', 'routes/cart.ts')] satisfies RouteConfig;
`,
      'app/routes/home.tsx': 'export default function Home() {\n  return <h1>React Router</h1>;\n}\n',
    },
    dependencies: {
      '@react-router/dev': '8.4.0',
      '@react-router/node': '8.4.0',
      '@react-router/serve': '8.4.0',
      '@types/node': '24.19.2',
      '@types/react': '19.3.3',
      '@types/react-dom': '19.3.0',
      isbot: '5.1.31',
      react: '19.3.1',
      'react-dom': '19.3.1',
      'react-router': '8.4.0',
      typescript: '6.0.3',
      vite: '8.3.8',
    },
    page: 'docs/recipes.md',
    isOurs: (name) => name === 'sessions.ts' || /^app\//.test(name),
    check: [['npx', 'react-router', 'typegen'], STRICT, ['npx', 'react-router', 'build']],
    serve: ['node_modules/@react-router/serve/bin.cjs', 'build/server/index.js'],
  },
  h3: {
    framework: 'h3',
    files: {
      'package.json': { name: 'app', type: 'module', private: true },
      'tsconfig.json': {
        compilerOptions: {
          module: 'nodenext',
          allowImportingTsExtensions: true,
          noEmit: true,
          skipLibCheck: true,
        },
        include: ['*.ts'],
      },
      'main.mjs': `import { serve } from '@hono/node-server';
import { fetch } from './app.ts';

serve({ fetch, port: Number(process.env.PORT) });
`,
    },
    dependencies: {
      '@hono/node-server': '2.1.9',
      '@types/node': '24.19.2',
      h3: '2.0.8',
      hono: '4.13.19',
      typescript: '6.0.3',
    },
    page: 'docs/recipes.md',
    isOurs: (name) => name === 'sessions.ts' || name === 'app.ts',
    check: [STRICT],
    serve: ['main.mjs'],
  },
};
