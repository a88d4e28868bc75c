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

/** What matches, nearest first: called so, with all these words in its name, words that begin so, by its address.
 * "Gymnasium 35" is not gymnasium 17 in house 35. */
export function nearest<T extends { name: Words | string; address: Words | string | null }>(
  query: string,
  all: T[],
): T[] {
  const asked = folded(query)
  const rank = ({ name }: T): number => {
    const names = (typeof name === 'string' ? [name] : [name.kk, name.ru, name.en]).map(folded)
    if (names.includes(asked)) return 0
    const words = new Set(names.flatMap((each) => each.split(' ')))
    if (asked.split(' ').every((word) => words.has(word))) return 1
    return matches(query, allWords(name)) ? 2 : 3
  }
  return all
    .filter((each) => matches(query, `${allWords(each.name)} ${allWords(each.address)}`))
    .map((each) => ({ each, rank: rank(each) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each)
}
