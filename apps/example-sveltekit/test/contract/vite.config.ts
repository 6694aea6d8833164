import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

// SvelteKit's own check of the origin would respond before the session's, so it is off.
export default defineConfig({
  plugins: [sveltekit({ adapter: adapter({ out: 'dist' }), csrf: { trustedOrigins: ['*'] } })],
});
