import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const server = process.env.JEDEL_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/tablet/',
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'autoUpdate',
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,woff2,webmanifest}'],
        maximumFileSizeToCacheInBytes: 6 * 2 ** 20,
      },
    }),
  ],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
  // MapLibre finds its worker beside itself, which pre-bundling would move.
  optimizeDeps: { exclude: ['maplibre-gl'] },
  server: { proxy: { '/api': { target: server, ws: true } } },
})
