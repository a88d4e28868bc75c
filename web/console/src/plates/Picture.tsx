import type { PlateRead } from '@jedel/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './plates.module.css'

/** A picture of a read, or the word that there is none. */
export function Picture({ read, kind }: { read: PlateRead; kind: 'plate' | 'car' }) {
  const { t } = useTranslation()
  const url = read.pictures[kind]
  const [failed, setFailed] = useState<string | null>(null)
  return (
    <figure className={css.picture} data-kind={kind}>
      {url && failed !== url ? (
        <img src={url} alt={t(`picture.${kind}`)} loading="lazy" onError={() => setFailed(url)} />
      ) : (
        <span className={css.noPicture}>{t('picture.none')}</span>
      )}
      <figcaption>{t(`picture.${kind}`)}</figcaption>
    </figure>
  )
}
