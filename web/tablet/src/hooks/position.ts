/** Where the crew is, sent to the centre while it is on shift, and never off shift. */
import { useEffect, useRef, useState } from 'react'

import { worthKeeping, type Fix } from '../positions/batch'
import { keepFix, sendFixes } from '../positions/outbox'
import { drive, receiver, type Source, type Trouble } from '../positions/source'
import { keep, read } from '../offline/store'
import type { Tablet } from '../work/tablet'

const SEND_EVERY_MS = 2_000
const DEMO_KMH = 60

/** The demonstration's start, from the link that opened this tablet; kept, since a reload loses the link's end. */
export interface Drive {
  lon: number
  lat: number
}

export interface Where {
  fix: Fix | null
  trouble: Trouble | null
  /** Demonstration only: the road to drive along. */
  follow: (line: readonly [number, number][] | null) => void
}

export function usePosition(tablet: Tablet, onShift: boolean, linked: boolean): Where {
  const [fix, setFix] = useState<Fix | null>(null)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  const source = useRef<Source | null>(null)
  const wanted = useRef<readonly [number, number][] | null>(null)

  useEffect(() => {
    if (!onShift) return
    let gone = false
    let last: Fix | null = null
    const listen = (raw: Fix): void => {
      if (gone) return
      const heard = tablet.timed(raw)
      setFix(heard)
      if (!worthKeeping(last, heard)) return
      last = heard
      void keepFix(tablet.db, heard)
    }
    void read<Drive>(tablet.db, 'drive').then((start) => {
      if (gone) return
      const keeping = (raw: Fix): void => {
        void keep(tablet.db, 'drive', { lon: raw.lon, lat: raw.lat })
        listen(raw)
      }
      source.current = start ? drive(start, DEMO_KMH, keeping) : receiver(listen, setTrouble)
      source.current.follow(wanted.current)
    })
    return () => {
      gone = true
      source.current?.stop()
      source.current = null
      setFix(null)
      setTrouble(null)
    }
  }, [tablet, onShift])

  useEffect(() => {
    if (!linked) return
    let busy = false
    const send = async (): Promise<void> => {
      if (busy) return
      busy = true
      try {
        await sendFixes(tablet.db, tablet.api.positions)
      } finally {
        busy = false
      }
    }
    void send()
    const timer = setInterval(() => void send(), SEND_EVERY_MS)
    return () => clearInterval(timer)
  }, [tablet, linked])

  const follow = useRef((line: readonly [number, number][] | null): void => {
    wanted.current = line
    source.current?.follow(line)
  })
  return { fix, trouble, follow: follow.current }
}
