import { Menu } from '@mantine/core'
import { clock, type Device, Icon, useNow } from '@jedel/ui'
import { useTranslation } from 'react-i18next'
import { useActions } from '../desk/useActions'
import css from './devices.module.css'

const MINUTES = [15, 30, 60, 240]

/** Maintenance: presses of the device are tests until the time is over. It ends by itself. */
export function TestMode({ device }: { device: Device }) {
  const { t } = useTranslation()
  const actions = useActions()
  const now = useNow()
  const on = device.test_until !== null && Date.parse(device.test_until) > now
  if (on) {
    return (
      <button type="button" className={css.button} onClick={() => void actions.testMode(device.id, false, 0)}>
        <Icon name="wrench" size={15} />
        {t('devices.end_test', { time: clock(device.test_until!).slice(0, 5) })}
      </button>
    )
  }
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <button type="button" className={css.button}>
          <Icon name="wrench" size={15} />
          {t('devices.test')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('devices.test_what')}</Menu.Label>
        {MINUTES.map((minutes) => (
          <Menu.Item key={minutes} onClick={() => void actions.testMode(device.id, true, minutes)}>
            {minutes} {t('unit.min')}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
