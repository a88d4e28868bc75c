/** The two pictures of an alert: fetched as this device, kept for times without a link, forgotten with the alert. */
import { useEffect, useState } from 'react'

import { keep, read } from '../offline/store'
import type { Tablet } from '../work/tablet'
import type { AlertView } from '../work/types'

export type Kind = 'plate' | 'car'
/** undefined: on its way; null: there is none. */
export type Pictures = Record<Kind, string | null | undefined>

interface Known {
  read: string
  plate?: Blob | null
  car?: Blob | null
}

const KINDS: Kind[] = ['plate', 'car']
const SHELF = 'alert-pictures'
const NOTHING: Known = { read: '' }

export function usePictures(tablet: Tablet, alert: AlertView | null, linked: boolean): Pictures {
  const [known, setKnown] = useState<Known>(NOTHING)
  const [urls, setUrls] = useState<Pictures>({ plate: undefined, car: undefined })
  const readId = alert?.read.id ?? ''
  const [plate, car] = [alert?.read.pictures.plate ?? null, alert?.read.pictures.car ?? null]

  useEffect(() => {
    let gone = false
    void (async () => {
      if (!readId) {
        setKnown(NOTHING)
        await keep(tablet.db, SHELF, NOTHING)
        return
      }
      const kept = await read<Known>(tablet.db, SHELF)
      let have: Known = kept?.read === readId ? kept : { read: readId }
      if (gone) return
      setKnown(have)
      for (const [kind, path] of [['plate', plate], ['car', car]] as const) {
        if (have[kind]) continue
        const found = path === null ? null : await picture(tablet, path, linked)
        if (gone) return
        have = { ...have, [kind]: found }
        setKnown(have)
      }
      await keep(tablet.db, SHELF, have)
    })()
    return () => {
      gone = true
    }
  }, [tablet, readId, plate, car, linked])

  useEffect(() => {
    const made: Pictures = { plate: known.plate, car: known.car } as never
    for (const kind of KINDS) {
      const blob = known[kind]
      made[kind] = blob ? URL.createObjectURL(blob) : blob
    }
    setUrls(made)
    return () => {
      for (const kind of KINDS) if (made[kind]) URL.revokeObjectURL(made[kind])
    }
  }, [known])
  return urls
}

/** undefined where it did not come: it is asked for again when the link is back. */
async function picture(tablet: Tablet, path: string, linked: boolean): Promise<Blob | null | undefined> {
  if (!linked) return undefined
  const reply = await tablet.api.picture(path)
  if (reply.kind === 'taken') return reply.body
  return reply.kind === 'problem' ? null : undefined
}
