import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.JEDEL_DEVICES_URL ?? 'http://127.0.0.1:8010'

export default defineConfig({
  base: './',
  plugins: [react()],
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/devices': server, '/press': server, '/tablets': server, '/about': server } },
})
