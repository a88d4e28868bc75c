import i18next, { type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language, Words } from '../domain/types'
import common from '../locales/common.json'

/** A word in one language: plain, or by the plural forms of that language. */
type Form = string | Partial<Record<'zero' | 'one' | 'two' | 'few' | 'many' | 'other', string>>
export type Locale = Record<string, Record<Language, Form>>

export const LANGUAGES: Language[] = ['kk', 'ru', 'en']
export const LANGUAGE_NAMES: Record<Language, string> = { kk: 'Қазақша', ru: 'Русский', en: 'English' }
const KEPT_AS = 'jedel.language'

/** `{key: {kk, ru, en}}` turned into what i18next wants for one language, plural forms as suffixes. */
export function resources(locale: Locale, language: Language): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [key, words] of Object.entries(locale)) {
    const form = words[language]
    if (typeof form === 'string') flat[key] = form
    else for (const [suffix, word] of Object.entries(form)) flat[`${key}_${suffix}`] = word
  }
  return flat
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS)
  const wanted = kept ?? navigator.language.slice(0, 2)
  return LANGUAGES.find((language) => language === wanted) ?? 'kk'
}

/**
 * Starts i18next with the shared words and the app's own namespace. All three languages are in the
 * bundle: switching is immediate and works without a link.
 */
export function startLanguages(namespace: string, own: Locale, language: Language = firstLanguage()): I18n {
  const locales: Record<string, Locale> = { common: common as Locale, [namespace]: own }
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [namespace, 'common'],
    defaultNS: namespace,
    fallbackNS: 'common',
    keySeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
    resources: Object.fromEntries(
      LANGUAGES.map((each) => [
        each,
        Object.fromEntries(Object.entries(locales).map(([name, locale]) => [name, resources(locale, each)])),
      ]),
    ),
  })
  document.documentElement.lang = language
  return i18next
}

export async function switchLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

export function currentLanguage(): Language {
  return LANGUAGES.find((language) => language === i18next.language) ?? 'kk'
}

/** The words of the present language; a plain string is the same in all. Missing ones fall to the next language. */
export function inWords(words: Words | string | null | undefined, language: Language = currentLanguage()): string {
  if (!words) return ''
  if (typeof words === 'string') return words
  return words[language] || words.ru || words.kk || words.en || ''
}
