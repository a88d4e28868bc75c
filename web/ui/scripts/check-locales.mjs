/**
 * Fails when a word is missing in a language, when a used key does not exist, or when a key is used
 * nowhere. A key used through a template, t(`status.${x}`), counts for every key with that beginning.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const languages = ['kk', 'ru', 'en']
const apps = { console: ['console'], tablet: ['tablet'], devices: ['devices'], citizen: ['citizen'], post: ['post'] }
const faults = []

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : []
  })
}
const locale = (name) => JSON.parse(readFileSync(join(web, 'ui/src/locales', `${name}.json`), 'utf8'))

const common = locale('common')
const usedAnywhere = []
const ui = sources(join(web, 'ui/src')).join('\n')

function check(name, words, text) {
  const literals = new Set([...text.matchAll(/['"`]([a-z][\w]*(?:\.[\w]+)+)['"`]/g)].map((match) => match[1]))
  const beginnings = [...text.matchAll(/[`']([a-z][\w.]*[._])\$\{/g)].map((match) => match[1])
  for (const [key, forms] of Object.entries(words)) {
    for (const language of languages) {
      const form = forms[language]
      const empty = !form || (typeof form === 'object' && !form.other)
      if (empty) faults.push(`${name}.json: ${key} has no ${language}`)
    }
    const holes = (language) => JSON.stringify(forms[language] ?? '').match(/\{\w+\}/g)?.sort().join() ?? ''
    if (typeof forms.en === 'string' && typeof forms.kk === 'string' && typeof forms.ru === 'string') {
      if (holes('en') !== holes('ru') || holes('en') !== holes('kk')) faults.push(`${name}.json: ${key} has other places in one language`)
    }
    const used = literals.has(key) || beginnings.some((beginning) => key.startsWith(beginning))
    if (!used) faults.push(`${name}.json: ${key} is used nowhere`)
  }
}

for (const [app, namespaces] of Object.entries(apps)) {
  const text = sources(join(web, app, 'src')).join('\n')
  usedAnywhere.push(text)
  const own = Object.assign({}, ...namespaces.map(locale))
  for (const name of namespaces) check(name, locale(name), text)
  for (const match of text.matchAll(/\bt\(\s*['"]([\w.]+)['"]/g)) {
    const key = match[1]
    if (!(key in own) && !(key in common)) faults.push(`${app}: t('${key}') has no words`)
  }
  for (const match of text.matchAll(/\bt\(\s*`([\w.]+)\$\{/g)) {
    const some = [...Object.keys(own), ...Object.keys(common)].some((key) => key.startsWith(match[1]))
    if (!some) faults.push(`${app}: no words begin with ${match[1]}`)
  }
}
check('common', common, [ui, ...usedAnywhere].join('\n'))

if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exit(1)
}
console.log(`locales: ${Object.keys(common).length} shared words and those of ${Object.keys(apps).join(', ')} are complete and used`)
