/**
 * The sounds, made with WebAudio so that nothing is fetched. Each can be told apart with eyes closed:
 * emergency = two rising tones, trouble = one falling tone, message = a tick, lookout = three level tones.
 *
 * A browser stays mute until the first key or click; `locked` says so, and the screen must show it.
 */
export type Sound = 'emergency' | 'emergency_loud' | 'trouble' | 'message' | 'lookout'

export class Sounds {
  private context: AudioContext | null = null
  private readonly listeners = new Set<() => void>()

  constructor() {
    const unlock = () => void this.unlock()
    for (const kind of ['pointerdown', 'keydown'] as const) {
      window.addEventListener(kind, unlock, { capture: true, passive: true })
    }
  }

  get locked(): boolean {
    return this.context?.state !== 'running'
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Must run inside a user's gesture the first time. */
  async unlock(): Promise<void> {
    if (!this.locked) return
    if (!this.context) {
      this.context = new AudioContext()
      this.context.onstatechange = () => {
        for (const listener of this.listeners) listener()
      }
    }
    await this.context.resume()
  }

  play(sound: Sound): void {
    const context = this.context
    if (!context || context.state !== 'running') return
    const now = context.currentTime + 0.02
    switch (sound) {
      case 'emergency':
        this.tone(context, now, 0.22, 660, 740, 0.22)
        this.tone(context, now + 0.28, 0.3, 880, 1050, 0.22)
        break
      case 'emergency_loud':
        this.tone(context, now, 0.22, 660, 740, 0.55)
        this.tone(context, now + 0.28, 0.3, 880, 1050, 0.55)
        break
      case 'trouble':
        this.tone(context, now, 0.7, 520, 260, 0.2)
        break
      case 'message':
        this.tone(context, now, 0.04, 1500, 1500, 0.1)
        break
      case 'lookout':
        for (const nth of [0, 1, 2]) this.tone(context, now + nth * 0.2, nth === 2 ? 0.32 : 0.12, 784, 784, 0.22)
    }
  }

  private tone(context: AudioContext, at: number, seconds: number, from: number, to: number, gain: number): void {
    const oscillator = context.createOscillator()
    const volume = context.createGain()
    oscillator.type = 'triangle'
    oscillator.frequency.setValueAtTime(from, at)
    oscillator.frequency.linearRampToValueAtTime(to, at + seconds)
    // Ramps at both ends: a square start would click.
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(gain, at + 0.015)
    volume.gain.setValueAtTime(gain, at + Math.max(0.015, seconds - 0.03))
    volume.gain.linearRampToValueAtTime(0, at + seconds)
    oscillator.connect(volume).connect(context.destination)
    oscillator.start(at)
    oscillator.stop(at + seconds + 0.02)
  }
}
