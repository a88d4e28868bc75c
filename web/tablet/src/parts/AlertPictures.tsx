import { useTranslation } from 'react-i18next'

import type { Kind, Pictures } from '../hooks/pictures'

const KINDS: Kind[] = ['car', 'plate']

/** What the camera saw. A place without a picture says so: it must not look like one that is still coming. */
export function AlertPictures({ pictures }: { pictures: Pictures }) {
  const { t } = useTranslation()
  return (
    <div className="pictures">
      {KINDS.map((kind) => {
        const url = pictures[kind]
        return (
          <figure key={kind} data-kind={kind}>
            {url ? (
              <img src={url} alt={t(`picture.${kind}`)} />
            ) : url === null ? (
              <span className="picture-none">{t('picture.none')}</span>
            ) : (
              <span className="j-skeleton picture-none" aria-busy />
            )}
            <figcaption>{t(`picture.${kind}`)}</figcaption>
          </figure>
        )
      })}
    </div>
  )
}
