import { inWords, PlaceIcon, PriorityIcon } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { press, Refused, type DemoDevice, type Level, type Receipt } from './api'

type State =
  | { is: 'quiet' }
  | { is: 'sending'; level: Level }
  | { is: 'received'; level: Level; receipt: Receipt }
  | { is: 'failed'; why: string }

const ICON = { panic_button: 'school', post: 'post', panel: 'bank' } as const
const TRANSPORT = { mqtt: 'MQTT', dc09: 'SIA DC-09', http: 'HTTP' } as const

/** One device and its buttons. What comes back is the centre's own receipt, not the carrier's. */
export function DeviceCard({ device }: { device: DemoDevice }) {
  const { t } = useTranslation()
  const [state, setState] = useState<State>({ is: 'quiet' })

  const send = async (level: Level): Promise<void> => {
    setState({ is: 'sending', level })
    try {
      setState({ is: 'received', level, receipt: await press(device.id, level) })
    } catch (error) {
      setState({ is: 'failed', why: error instanceof Refused ? error.message : t('page.no_answer') })
    }
  }

  return (
    <li className="device">
      <div className="device-head">
        <PlaceIcon kind={ICON[device.kind]} size={30} />
        <div>
          <h3>{inWords(device.name)}</h3>
          <p className="small">
            {device.address && `${inWords(device.address)} · `}
            {TRANSPORT[device.transport]}
          </p>
        </div>
      </div>
      <div className="device-buttons">
        {device.levels.map((level) => (
          <button
            key={level}
            type="button"
            className="press"
            data-level={level}
            disabled={state.is === 'sending'}
            onClick={() => void send(level)}
          >
            <PriorityIcon priority={level === 'lockdown' ? 'emergency' : 'urgent'} size={22} />
            {t(device.kind === 'post' ? 'press.sos' : `press.${level}`)}
          </button>
        ))}
      </div>
      <p className="outcome" role="status" data-state={state.is}>
        {state.is === 'sending' && t('page.sending')}
        {state.is === 'failed' && t('page.failed', { why: state.why })}
        {state.is === 'received' && (
          <>
            <strong>{t('page.received', { ms: Math.round(state.receipt.ms) })}</strong>
            <code title={t('page.receipt')}>{state.receipt.receipt}</code>
          </>
        )}
      </p>
    </li>
  )
}
