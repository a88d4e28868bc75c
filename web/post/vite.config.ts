import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.JEDEL_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/post/',
  plugins: [react()],
  // Nothing is written into the page itself: its content security policy lets only files of ours run.
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: server } } },
})
