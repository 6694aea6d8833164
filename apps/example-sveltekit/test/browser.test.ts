import { buildApp, startServer, testFrameworkShop } from '@coatcheck/shop-common/testing';

const app = new URL('../', import.meta.url);

testFrameworkShop('SvelteKit', {
  build: (port) => buildApp(app, ['vite', 'build'], { ORIGIN: `http://localhost:${port}` }),
  start: (port, database) =>
    startServer(app, ['dist'], { DATABASE: database, HOST: '127.0.0.1', PORT: String(port) }),
});
