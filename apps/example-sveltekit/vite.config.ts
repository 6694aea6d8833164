import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ out: 'dist' }),
      // adapter-node takes https for granted. Forms over http need the origin: ORIGIN=http://localhost:3000 vite build
      paths: { origin: process.env['ORIGIN'] },
    }),
  ],
});
