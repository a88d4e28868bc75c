import { JedelProvider, Sounds, startLanguages } from '@jedel/ui'
import words from '@jedel/ui/locales/console.json'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import './console.css'

startLanguages('console', words)
const sounds = new Sounds()
const queries = new QueryClient({
  defaultOptions: { queries: { networkMode: 'always', retry: 1, staleTime: 5_000, refetchOnWindowFocus: false } },
})

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <JedelProvider>
        <App sounds={sounds} />
      </JedelProvider>
    </QueryClientProvider>
  </StrictMode>,
)
