import { currentLanguage, LANGUAGE_NAMES, LANGUAGES, switchLanguage } from '@jedel/ui/i18n'
import { clock, dayTime } from '@jedel/ui/time'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'

import { makeApi } from './api'
import type { Device, Kept } from './kept'
import { Line } from './line'
import { Call } from './screens/Call'
import { Enrol } from './screens/Enrol'
import { Idle } from './screens/Idle'

const FIRST = 'kk'

export function App({ kept }: { kept: Kept }) {
  const { t, i18n } = useTranslation()
  const [device, setDevice] = useState<Device | null | undefined>()
  useEffect(() => void kept.device().then((found) => setDevice(found ?? null)), [kept])
  useEffect(() => {
    document.title = t('page.title')
  }, [t, i18n.language])
  if (device === undefined) return null
  if (device === null)
    return (
      <Enrol
        head={<Head />}
        done={async (made) => {
          await kept.enrolled(made)
          setDevice(made)
        }}
      />
    )
  return <Enrolled device={device} kept={kept} />
}

function Enrolled({ device, kept }: { device: Device; kept: Kept }) {
  const api = useMemo(() => makeApi(device), [device])
  const line = useMemo(() => new Line({ api, kept, language: currentLanguage, over: () => void switchLanguage(FIRST) }), [api, kept])
  useEffect(() => void line.start(), [line])
  const view = useSyncExternalStore(line.subscribe, line.snapshot)
  const busy = view.press !== null || view.call !== null
  return (
    <div className="post" data-busy={busy || undefined}>
      <Head spoke={line.spoke} />
      <Signs line={line} />
      {busy ? <Call line={line} api={api} /> : <Idle line={line} />}
    </div>
  )
}

/** Who speaks here, and in which language. */
function Head({ spoke }: { spoke?: Line['spoke'] }) {
  const { t } = useTranslation()
  return (
    <header>
      <p className="mark">
        <strong>SOS</strong> {t('page.police')}
      </p>
      <div className="languages" role="group" aria-label={t('page.language')}>
        {LANGUAGES.map((each) => (
          <button
            key={each}
            type="button"
            lang={each}
            aria-pressed={each === currentLanguage()}
            onClick={() => {
              void switchLanguage(each)
              spoke?.(each)
            }}
          >
            {LANGUAGE_NAMES[each]}
          </button>
        ))}
      </div>
    </header>
  )
}

/** "14:03", and on any later day with its date. */
const since = (cut: Date) => (cut.toDateString() === new Date().toDateString() ? clock(cut.toISOString()).slice(0, 5) : dayTime(cut.toISOString()))

/** What is not as it should be is said before anything else. */
function Signs({ line }: { line: Line }) {
  const { t } = useTranslation()
  const { post, call, press, cutSince, refused } = useSyncExternalStore(line.subscribe, line.snapshot)
  const test = call ? call.test : post?.test_until && Date.parse(post.test_until) > Date.parse(post.now)
  const time = cutSince === null ? '' : since(new Date(cutSince))
  const going = call && call.state !== 'ended'
  return (
    <>
      {test && (
        <p className="sign test" role="status">
          <strong>{t('test.title')}</strong> {t('test.what')}
        </p>
      )}
      {refused ? (
        <p className="sign cut" role="alert">
          <strong>{t('refused.title')}</strong> {t('refused.what')}
        </p>
      ) : (
        cutSince !== null && (
          <p className="sign cut" role="alert">
            <strong>{t('cut.title')}</strong> {press ? t('cut.press') : going ? t('cut.call', { time }) : t('cut.idle', { time })}
          </p>
        )
      )}
    </>
  )
}
