import { Modal } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { VERBS } from '../command/words'
import { useDesk, useScreen } from '../desk/context'
import { ROOMS } from './rooms'
import css from './shell.module.css'

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
  [['W'], 'keys.wall'],
  [['Alt+1', '…', String(ROOMS.length)], 'keys.rooms'],
  [['Esc'], 'keys.escape'],
  [['?'], 'keys.help'],
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
    <Modal opened={open} onClose={() => desk.screen.set({ help: false })} title={<strong>{t('keys.title')}</strong>} size={860} centered closeButtonProps={{ 'aria-label': t('action.dismiss') }}>
      <div className={css.help}>
        <section>
          <h3>{t('keys.keys')}</h3>
          <dl className={css.keyList}>
            {KEYS.map(([keys, word]) => (
              <div key={word}>
                <dt>{keys.map((key) => (key === '…' ? <span key={key}>…</span> : <kbd key={key}>{key}</kbd>))}</dt>
                <dd>{t(word)}</dd>
              </div>
            ))}
          </dl>
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
