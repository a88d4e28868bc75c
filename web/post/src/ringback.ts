/** The tone that every telephone makes while nobody has answered: who cannot see the screen hears that it rings. */
import { useEffect } from 'react'

const HZ = 425
const ON_S = 1
const EVERY_MS = 4_000
const LOUD = 0.25

export function useRingback(rings: boolean): void {
  useEffect(() => {
    if (!rings) return
    const sound = new AudioContext()
    const ring = () => {
      const tone = sound.createOscillator()
      const volume = sound.createGain()
      tone.frequency.value = HZ
      volume.gain.value = LOUD
      tone.connect(volume).connect(sound.destination)
      tone.start()
      tone.stop(sound.currentTime + ON_S)
    }
    ring()
    const timer = setInterval(ring, EVERY_MS)
    return () => {
      clearInterval(timer)
      void sound.close()
    }
  }, [rings])
}
