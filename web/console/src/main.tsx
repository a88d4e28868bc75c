import { JedelProvider } from '@jedel/ui'
import { createRoot } from 'react-dom/client'

createRoot(document.getElementById('root')!).render(<JedelProvider>…</JedelProvider>)
