import { Icon } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useAlarms, useUnits } from '../desk/context'
import type { Panel } from '../desk/desk'
import css from './dispatch.module.css'

/** The lower edge of the map: units and alarms fold out from here, with their counts always in sight. */
export function PanelTabs({ panel, onChange }: { panel: Panel | null; onChange: (panel: Panel | null) => void }) {
  const { t } = useTranslation()
  const units = useUnits()
  const alarms = useAlarms()
  const free = units.filter((unit) => unit.status === 'available' && !unit.silent).length
  const onShift = units.filter((unit) => unit.status !== 'off_shift').length
  const open = alarms.filter((alarm) => alarm.state === 'open').length
  const tab = (name: Panel, key: string, words: string) => (
    <button type="button" className={css.tab} aria-expanded={panel === name} onClick={() => onChange(panel === name ? null : name)}>
      <Icon name={panel === name ? 'down' : 'up'} size={16} />
      {words}
      <kbd>{key}</kbd>
    </button>
  )
  return (
    <div className={css.tabs}>
      {tab('units', 'U', t('units.tab', { free, onShift }))}
      {tab('alarms', 'L', open > 0 ? t('alarms.tab_open', { open, total: alarms.length }) : t('alarms.tab', { total: alarms.length }))}
    </div>
  )
}
