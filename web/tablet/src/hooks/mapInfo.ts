import { makeClient, type MapInfo } from '@jedel/ui'
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
      const client = makeClient({ bearer: () => `${device.device_id}.${device.key}` })
      const fresh = await client.get<MapInfo>('/api/map').catch(() => null) // no link: the kept one stands
      if (!fresh) return
      set(fresh)
      await keep(tablet.db, 'map', fresh)
    })()
    return () => {
      gone = true
    }
  }, [tablet, device, linked])
  return info
}
