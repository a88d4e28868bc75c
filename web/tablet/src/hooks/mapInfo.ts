import type { MapInfo } from '@jedel/ui'
import { useEffect, useState } from 'react'

import { keep, read, type Device } from '../offline/store'
import type { Tablet } from '../work/tablet'

/** The map in force, or the one that was when there was last a link. */
export function useMapInfo(tablet: Tablet, device: Device, linked: boolean): MapInfo | null {
  const [info, setInfo] = useState<MapInfo | null>(null)
  useEffect(() => {
    let gone = false
    const set = (next: MapInfo): void =>
      setInfo((now) => (gone || (now && now.id === next.id && now.imported_at === next.imported_at) ? now : next))
    void (async () => {
      const kept = await read<MapInfo>(tablet.db, 'map')
      if (kept) set(kept)
      if (!linked) return
      const reply = await tablet.api.map()
      if (reply.kind !== 'taken') return // no link: the kept one stands
      set(reply.body)
      await keep(tablet.db, 'map', reply.body)
    })()
    return () => {
      gone = true
    }
  }, [tablet, device, linked])
  return info
}
