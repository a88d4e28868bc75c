import type { Alarm, AlertView, Device, Incident, Unit } from '@jedel/ui'
import { useCollection } from '@jedel/ui'
import { createContext, useContext } from 'react'
import type { Desk, Screen } from './desk'
import { useCell } from './store'

const DeskContext = createContext<Desk | null>(null)
export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('no desk: this part is shown only after sign-in')
  return desk
}

export function useScreen<P>(choose: (screen: Screen) => P): P {
  return useCell(useDesk().screen, choose)
}

export const useIncidents = (): Incident[] => useCollection<Incident>(useDesk().feed, 'incidents')
export const useUnits = (): Unit[] => useCollection<Unit>(useDesk().feed, 'units')
export const useAlarms = (): Alarm[] => useCollection<Alarm>(useDesk().feed, 'alarms')
export const useDevices = (): Device[] => useCollection<Device>(useDesk().feed, 'devices')
export const useAlerts = (): AlertView[] => useCollection<AlertView>(useDesk().feed, 'alerts')
