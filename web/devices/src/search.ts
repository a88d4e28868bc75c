/** Finding a device by what a visitor types: any language, any part, Kazakh letters or their Russian look-alikes. */
import type { Words } from '@jedel/ui'

const LOOK_ALIKE: Record<string, string> = {
  ә: 'а',
  ғ: 'г',
  қ: 'к',
  ң: 'н',
  ө: 'о',
  ұ: 'у',
  ү: 'у',
  һ: 'х',
  і: 'и',
  ё: 'е',
  й: 'и',
}

export const folded = (text: string): string =>
  Array.from(text.toLowerCase(), (letter) => LOOK_ALIKE[letter] ?? letter)
    .join('')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

export const allWords = (said: Words | string | null): string =>
  !said ? '' : typeof said === 'string' ? said : `${said.kk} ${said.ru} ${said.en}`

/** Every word of the query must begin a word of the text. */
export function matches(query: string, text: string): boolean {
  const words = ` ${folded(text)}`
  return folded(query)
    .split(' ')
    .every((word) => words.includes(` ${word}`))
}
