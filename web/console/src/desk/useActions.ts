import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Actions } from './actions'
import { useDesk } from './context'

export function useActions(): Actions {
  const desk = useDesk()
  const { t } = useTranslation()
  return useMemo(() => new Actions(desk, t), [desk, t])
}
