import { useCallback } from 'react'
import { useDesk, useScreen } from '../desk/context'
import { LookupRoom } from './LookupRoom'

/** The look-up room at a console; it takes what another room called for. */
export function DeskLookups() {
  const desk = useDesk()
  const call = useScreen((screen) => screen.lookUp)
  const taken = useCallback(() => desk.screen.set({ lookUp: null }), [desk])
  return <LookupRoom client={desk.client} account={desk.me.id} decides={desk.mayDispatch} call={call} onTaken={taken} />
}
