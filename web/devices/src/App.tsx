import { Icon, inWords, LANGUAGE_NAMES, LANGUAGES, currentLanguage, switchLanguage, useThemeName } from '@jedel/ui'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { about, devices, drives, drones, tablets, type About, type DemoDevice, type DemoDrone, type DemoTablet, type Drive } from './api'
import { DeviceCard } from './DeviceCard'
import { Drives } from './Drives'
import { Drones } from './Drones'
import { allWords, nearest } from './search'

const KINDS = ['panic_button', 'post', 'panel'] as const
/** More are a scroll that nobody makes: the search finds the rest. */
const SHOWN_MAX = 60

/** Who has something to do with an alarm; the rest are printed where the demo was started. */
const SHOWN_ROLES = ['duty_officer', 'supervisor']

/** "School 2" before "School 10". */
const byName = (a: DemoDevice, b: DemoDevice): number =>
  allWords(a.name).localeCompare(allWords(b.name), 'ru', { numeric: true })

interface Loaded {
  devices: DemoDevice[]
  tablets: DemoTablet[]
  about: About
  drives: Drive[]
  drones: DemoDrone[]
}

export function App() {
  const { t } = useTranslation()
  const [loaded, setLoaded] = useState<Loaded | null>(null)
  const [failed, setFailed] = useState(false)
  const [query, setQuery] = useState('')
  const [kind, setKind] = useState<DemoDevice['kind']>('panic_button')

  useEffect(() => {
    const load = (): void => {
      Promise.all([devices(), tablets(), about(), drives(), drones()]).then(
        ([devices, tablets, about, drives, drones]) => {
          setLoaded({ devices: devices.sort(byName), tablets, about, drives, drones })
          setFailed(false)
        },
        () => {
          setFailed(true)
          setTimeout(load, 2_000)
        },
      )
    }
    load()
  }, [])

  const found = useMemo(
    () =>
      nearest(
        query,
        (loaded?.devices ?? []).filter((each) => each.kind === kind),
      ),
    [loaded, kind, query],
  )

  return (
    <>
      <header className="head">
        <strong>Jedel</strong>
        <Preferences />
      </header>
      <main>
        <h1>{t('page.title')}</h1>
        <p className="lead">{t('page.lead')}</p>
        {failed && (
          <p className="trouble" role="alert">
            {t('page.no_simulator')}
          </p>
        )}
        <ol className="steps">
          <li>
            <h2>{t('step.console')}</h2>
            {loaded && (
              <>
                <a className="button" href={loaded.about.console_url} target="jedel-console" rel="noreferrer">
                  <Icon name="dispatch" size={22} />
                  {t('page.open_console')}
                </a>
                {loaded.about.accounts
                  .filter((each) => SHOWN_ROLES.includes(each.role))
                  .map((each) => (
                    <p key={each.login} className="account">
                      {t(`role.${each.role}`)}: <code>{each.login}</code> · <code>{each.password}</code>
                    </p>
                  ))}
              </>
            )}
          </li>
          <li>
            <h2>{t('step.tablet')}</h2>
            {loaded && <Tablets tablets={loaded.tablets} />}
          </li>
          <li>
            <h2>{t('step.press')}</h2>
            <p className="small">{t('step.press_how')}</p>
          </li>
        </ol>
        {loaded && <Drives drives={loaded.drives} />}
        {loaded && <Drones drones={loaded.drones} />}
        <section aria-labelledby="devices">
          <h2 id="devices">{t('page.devices')}</h2>
          <div className="find">
            <div className="kinds" role="radiogroup" aria-labelledby="devices">
              {KINDS.map((each) => (
                <button
                  key={each}
                  type="button"
                  role="radio"
                  aria-checked={kind === each}
                  onClick={() => setKind(each)}
                >
                  {t(`kind.${each}`)}
                  {loaded && <span> {loaded.devices.filter((device) => device.kind === each).length}</span>}
                </button>
              ))}
            </div>
            <label>
              <span className="j-visually-hidden">{t('page.search')}</span>
              <input
                type="search"
                value={query}
                placeholder={t('page.search')}
                onChange={(event) => setQuery(event.target.value)}
              />
            </label>
          </div>
          {!loaded && !failed && <div className="j-skeleton wait" aria-label={t('page.loading')} />}
          {loaded && found.length === 0 && <p className="small">{t('page.none_found')}</p>}
          <ul className="devices">
            {found.slice(0, SHOWN_MAX).map((each) => (
              <DeviceCard key={each.id} device={each} />
            ))}
          </ul>
          {found.length > SHOWN_MAX && <p className="small">{t('page.more', { count: found.length - SHOWN_MAX })}</p>}
        </section>
      </main>
    </>
  )
}

/** One patrol is chosen first, so that a visitor only presses; the others are in the list. */
function Tablets({ tablets }: { tablets: DemoTablet[] }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(tablets[0]?.unit_id ?? '')
  const tablet = tablets.find((each) => each.unit_id === chosen)
  if (!tablet) return <p className="small">{t('page.no_tablets')}</p>
  return (
    <div className="tablets">
      <label>
        <span className="j-visually-hidden">{t('page.patrol')}</span>
        <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {tablets.map((each) => (
            <option key={each.unit_id} value={each.unit_id}>
              {t('page.patrol')} {inWords(each.call_sign)}
            </option>
          ))}
        </select>
      </label>
      <a className="button" href={tablet.url} target={`jedel-tablet-${tablet.call_sign}`} rel="noreferrer">
        <Icon name="tablet" size={22} />
        {t('page.open_tablet')}
      </a>
    </div>
  )
}

function Preferences() {
  const { t } = useTranslation()
  const [theme, setTheme] = useThemeName()
  return (
    <div className="preferences">
      <label>
        <span className="j-visually-hidden">{t('page.language')}</span>
        <select
          value={currentLanguage()}
          onChange={(event) => void switchLanguage(event.target.value as (typeof LANGUAGES)[number])}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="square"
        aria-label={t(theme === 'dark' ? 'page.to_light' : 'page.to_dark')}
        onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}
      >
        <Icon name={theme === 'dark' ? 'sun' : 'moon'} size={22} />
      </button>
    </div>
  )
}
