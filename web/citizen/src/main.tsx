import { type Locale, startLanguages } from '@jedel/ui/i18n'
import words from '@jedel/ui/locales/citizen.json'
import { createRoot } from 'react-dom/client'

import { App } from './App'
import './citizen.css'
import './forms.css'
import './answers.css'
import { startTheme } from './theme'

startTheme()
startLanguages('citizen', words as Locale)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
createRoot(root).render(<App />)
