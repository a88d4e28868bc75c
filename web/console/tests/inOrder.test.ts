import { expect, test } from 'vitest'

import { oneAtATime } from '../src/cameras/wall/inOrder'

test('a stop never overtakes the move before it, and of what waits only the last is sent', async () => {
  const sent: string[] = []
  const answers: (() => void)[] = []
  const say = oneAtATime(async (wish: string) => {
    sent.push(wish)
    await new Promise<void>((answered) => answers.push(answered))
  })
  const answered = async () => {
    answers.shift()?.()
    await new Promise((later) => setTimeout(later))
  }
  for (const wish of ['left', 'left again', 'stop']) say(wish)
  expect(sent).toEqual(['left'])
  await answered()
  expect(sent).toEqual(['left', 'stop'])
  await answered()
  expect(sent).toEqual(['left', 'stop'])
  say('home')
  expect(sent).toEqual(['left', 'stop', 'home'])
})
