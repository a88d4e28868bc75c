import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.JEDEL_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 1500,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'map', test: /maplibre|pmtiles/ }, { name: 'base', test: /node_modules/ }] } } },
  },
  // MapLibre finds its worker beside itself, which pre-bundling would move.
  optimizeDeps: { exclude: ['maplibre-gl'] },
  server: { proxy: { '/api': { target: server, ws: true } } },
})
