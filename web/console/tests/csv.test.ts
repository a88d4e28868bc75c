import { expect, it } from 'vitest'
import { csv } from '../src/desk/csv'

it('quotes what must be quoted and defuses formulas', () => {
  expect(csv([['a', 1], ['x;y', 'say "no"'], ['=1+1', -5]])).toBe('\ufeffa;1\r\n"x;y";"say ""no"""\r\n\'=1+1;-5\r\n')
})
