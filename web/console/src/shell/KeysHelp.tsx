import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { VERBS } from '../command/words'
import { useDesk, useScreen } from '../desk/context'
import { ROOMS } from './rooms'
import css from './keys.module.css'

const KEYS: [keys: string[], word: string][] = [
  [['Q'], 'keys.acknowledge'],
  [['1', '…', '5'], 'keys.send'],
  [['T'], 'keys.call_answer'],
  [['M'], 'keys.call_mute'],
  [['X'], 'keys.call_end'],
  [['Z'], 'keys.undo'],
  [['↓', '↑'], 'keys.next'],
  [['G'], 'keys.next_waiting'],
  [['/', 'F2'], 'keys.command'],
  [['F4'], 'keys.look_up'],
  [['N'], 'keys.note'],
  [['C'], 'keys.close'],
  [['P'], 'keys.priority'],
  [['O'], 'keys.open'],
  [['U'], 'keys.units'],
  [['L'], 'keys.alarms'],
  [['F'], 'keys.follow'],
  [['V'], 'keys.cameras_on_map'],
  [['E'], 'keys.look'],
  [['W'], 'keys.wall'],
  [['Alt+1', '…', String(ROOMS.length)], 'keys.rooms'],
  [['Esc'], 'keys.escape'],
  [['?'], 'keys.help'],
]

const WALL_KEYS: typeof KEYS = [
  [['1', '…', '9'], 'keys.wall_tile'],
  [['←', '→'], 'keys.wall_next'],
  [['F'], 'keys.wall_fill'],
  [['I', 'J', 'K', 'L'], 'keys.wall_turn'],
  [['+', '−'], 'keys.wall_zoom'],
  [['␣'], 'keys.archive_play'],
  [[',', '.'], 'keys.archive_frame'],
  [['J', 'K', 'L'], 'keys.archive_shuttle'],
  [['I', 'O'], 'keys.archive_mark'],
]

const EXAMPLES: Record<(typeof VERBS)[number], string> = {
  a: 'a 1204 P17', s: 's P17 os', n: 'n 1204 …', c: 'c 1204 re', f: 'f abai / dostyk', u: 'u P17', o: 'o fi e abai 10',
  l: 'l 482ABE02', r: 'r 1204 P17', p: 'p 1204 u', j: 'j 1205 1204', q: 'q 1204', cam: 'cam sch45',
}

export function KeysHelp() {
  const { t } = useTranslation()
  const desk = useDesk()
  const open = useScreen((screen) => screen.help)
  return (
    <Modal opened={open} onClose={() => desk.screen.set({ help: false })} title={<strong>{t('keys.title')}</strong>} size={1160} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <div className={css.help}>
        <section>
          <h3>{t('keys.keys')}</h3>
          <KeyList keys={KEYS} />
        </section>
        <section>
          <h3>{t('keys.walls')}</h3>
          <KeyList keys={WALL_KEYS} />
        </section>
        <section>
          <h3>{t('keys.commands')}</h3>
          <dl className={css.keyList}>
            {VERBS.map((verb) => (
              <div key={verb}>
                <dt>
                  <code>{EXAMPLES[verb]}</code>
                </dt>
                <dd>{t(`verb.${verb}`)}</dd>
              </div>
            ))}
          </dl>
          <p className={css.helpNote}>{t('keys.note_dot')}</p>
          <p className={css.helpNote}>{t('keys.note_layout')}</p>
        </section>
      </div>
    </Modal>
  )
}

function KeyList({ keys }: { keys: typeof KEYS }) {
  const { t } = useTranslation()
  return (
    <dl className={css.keyList}>
      {keys.map(([names, word]) => (
        <div key={word}>
          <dt>{names.map((name) => (name === '…' ? <span key={name}>…</span> : <kbd key={name}>{name}</kbd>))}</dt>
          <dd>{t(word)}</dd>
        </div>
      ))}
    </dl>
  )
}
