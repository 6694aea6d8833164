import { buildApp, startServer, testFrameworkShop } from '@coatcheck/shop-common/testing';

const app = new URL('../', import.meta.url);

testFrameworkShop('Next.js', {
  build: () => buildApp(app, ['next', 'build']),
  start: (port, database) =>
    startServer(app, ['node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'], {
      DATABASE: database,
      PORT: String(port),
    }),
});
