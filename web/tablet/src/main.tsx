import { JedelProvider, startLanguages, type Locale } from '@jedel/ui'
import words from '@jedel/ui/locales/tablet.json'
import { createRoot } from 'react-dom/client'

import { App } from './App'
import { TabletContext } from './hooks/tablet'
import { open, keep } from './offline/store'
import './tablet.css'
import './sheets.css'
import './order.css'
import './narrow.css'
import './lookout.css'
import { importPair } from './link/keys'
import { readLink } from './work/link'
import { Tablet } from './work/tablet'

startLanguages('tablet', words as Locale)

async function start(): Promise<void> {
  const db = await open()
  const tablet = await Tablet.start(db)
  const link = readLink(location.hash)
  if (link) {
    history.replaceState(null, '', location.pathname)
    const { device } = tablet.view
    // A link from anywhere must not take an enrolled tablet away from its officer, nor what it has not sent yet.
    if (link.played && (!device || device.played)) {
      const { pkcs8, ...rest } = link.played
      await tablet.adopt({ ...rest, pair: await importPair(pkcs8), played: true })
    } else if (link.code && !device) await tablet.enrol(link.code)
    if (link.drive && tablet.view.device) await keep(db, 'drive', link.drive)
  }
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no #root')
  createRoot(root).render(
    <JedelProvider first="auto">
      <TabletContext value={tablet}>
        <App firstCode={link?.code ?? null} />
      </TabletContext>
    </JedelProvider>,
  )
}

if ('serviceWorker' in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register('/tablet/sw.js', { scope: '/tablet/' })
void navigator.storage?.persist?.()
void start()
