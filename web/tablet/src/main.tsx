import { JedelProvider, startLanguages, type Locale } from '@jedel/ui'
import words from '@jedel/ui/locales/tablet.json'
import { createRoot } from 'react-dom/client'

import { App } from './App'
import { TabletContext } from './hooks/tablet'
import { open, keep } from './offline/store'
import './tablet.css'
import { readLink } from './work/link'
import { Tablet } from './work/tablet'

startLanguages('tablet', words as Locale)

async function start(): Promise<void> {
  const db = await open()
  const tablet = await Tablet.start(db)
  const link = readLink(location.hash)
  if (link) {
    history.replaceState(null, '', location.pathname)
    if (link.device) await tablet.adopt(link.device)
    else if (link.code) await tablet.enrol(link.code)
    if (link.drive && tablet.view.device) await keep(db, 'drive', link.drive)
  }
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no #root')
  createRoot(root).render(
    <JedelProvider first="auto">
      <TabletContext value={tablet}>
        <App firstCode={tablet.view.device ? null : (link?.code ?? null)} />
      </TabletContext>
    </JedelProvider>,
  )
}

if ('serviceWorker' in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register('/tablet/sw.js', { scope: '/tablet/' })
void navigator.storage?.persist?.()
void start()
