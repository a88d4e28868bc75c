/** A plate in its one form, as jedel/registers/identifiers.py writes it: without a link nobody else can do it. */
const LOOK_ALIKES = new Map(Array.from('АВЕКМНОРСТУХІ', (letter, i) => [letter, 'ABEKMHOPCTYXI'[i]!]))

/** Null where no plate is written so; words («четыреста…») need the centre. */
export function plateOf(typed: string): string | null {
  const plain = Array.from(typed.replace(/[\s\-–—|./]+/g, '').toUpperCase(), (letter) => LOOK_ALIKES.get(letter) ?? letter).join('')
  return /^(?=.*\d)[0-9A-Z]{3,10}$/.test(plain) ? plain : null
}
