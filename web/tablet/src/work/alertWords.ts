/** An alert in the crew's words. Pure. */
import { dayTime, gravestFirst, inWords } from '@jedel/ui'
import type { TFunction } from 'i18next'

import type { AlertView } from './types'

/** One line of what: the grounds, the gravest first. */
export const groundLine = (alert: AlertView, t: TFunction): string =>
  gravestFirst(alert.grounds).map((each) => t(`ground.${each.code}`)).join(' · ')

const LINES_MAX = 2

/** Why it is listed, from where, and how old that is. */
export function whyLines(alert: AlertView, t: TFunction): string[] {
  return gravestFirst(alert.grounds)
    .map((each) => {
      const as_of = each.as_of ? t('alert.as_of', { day: dayTime(each.as_of) }) : ''
      return [inWords(each.why), each.source, as_of].filter(Boolean).join(' · ')
    })
    .filter(Boolean)
    .slice(0, LINES_MAX)
}

/** 0…7 for the eight winds, from degrees clockwise of north. */
export const wind = (degrees: number): number => Math.round((((degrees % 360) + 360) % 360) / 45) % 8
