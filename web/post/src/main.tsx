import { type Locale, startLanguages, switchLanguage } from '@jedel/ui/i18n'
import words from '@jedel/ui/locales/post.json'
import { cssVariables, themes } from '@jedel/ui/tokens'
import { createRoot } from 'react-dom/client'

import { App } from './App'
import { Kept } from './kept'
import './post.css'

const FIRST = 'kk'

startLanguages('post', words as Locale, FIRST)
void switchLanguage(FIRST)
for (const [name, value] of Object.entries(cssVariables(themes.light))) document.documentElement.style.setProperty(name, value)

const root = document.getElementById('root')
if (!root) throw new Error('the page has no #root')
const page = createRoot(root)
void Kept.open().then((kept) => page.render(<App kept={kept} />))
void navigator.storage?.persist?.()
