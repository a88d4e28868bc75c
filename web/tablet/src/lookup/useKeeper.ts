import { useEffect, useState, useSyncExternalStore } from 'react'

import type { Tablet } from '../work/tablet'
import { Keeper } from './keeper'

const LOOK_EVERY_MS = 60_000

/** The look-ups' keeper of this device; with a link it does what waits for one. */
export function useKeeper(tablet: Tablet, deviceId: string, linked: boolean, onShift: boolean | null): Keeper | null {
  const [keeper, setKeeper] = useState<Keeper | null>(null)
  useEffect(() => {
    if (!tablet.keys) return
    const made = new Keeper(tablet.db, tablet.keys, tablet.erase)
    let gone = false
    void made.start().then(() => {
      if (!gone) setKeeper(made)
    })
    return () => {
      gone = true
      setKeeper(null)
    }
  }, [tablet, deviceId])
  useSyncExternalStore(keeper?.subscribe ?? nobody, keeper?.snapshot ?? zero)
  useEffect(() => {
    if (!keeper || !linked) return
    void keeper.linked()
    const timer = setInterval(() => void keeper.linked(), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [keeper, linked])
  // Who goes off shift leaves no session behind for whoever takes the tablet next.
  const signedId = keeper?.signed?.id
  useEffect(() => {
    if (keeper && signedId && onShift === false) void keeper.signOut()
  }, [keeper, signedId, onShift])
  return keeper
}

const nobody = (): (() => void) => () => undefined
const zero = (): number => 0
