import { JedelProvider, startLanguages, type Locale } from '@jedel/ui'
import words from '@jedel/ui/locales/devices.json'
import { createRoot } from 'react-dom/client'

import { App } from './App'
import './devices.css'

startLanguages('devices', words as Locale)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(
  <JedelProvider first="auto">
    <App />
  </JedelProvider>,
)
