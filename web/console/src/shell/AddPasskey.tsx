import { addPasskey, type Client, isCancelled, passkeysWork, problemText } from '@jedel/ui'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  client: Client
  /** What came of it, in words. */
  onDone: (said: string, well: boolean) => void
  children: (add: () => void, busy: boolean) => ReactNode
}

/** A way to make a passkey on this machine; nothing where the browser or the address cannot. */
export function AddPasskey({ client, onDone, children }: Props) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  if (!passkeysWork()) return null
  const add = async (): Promise<void> => {
    setBusy(true)
    try {
      await addPasskey(client, navigator.platform || 'Jedel')
      onDone(t('passkey.added'), true)
    } catch (error) {
      if (!isCancelled(error)) onDone(problemText(error, t), false)
    } finally {
      setBusy(false)
    }
  }
  return children(() => void add(), busy)
}
