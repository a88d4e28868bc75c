import { useSyncExternalStore } from 'react'

/** The least store there is: a value, a change, listeners. */
export class Cell<T> {
  private readonly listeners = new Set<() => void>()
  constructor(private value: T) {}

  get = (): T => this.value

  set(change: Partial<T> | ((now: T) => Partial<T>)): void {
    const part = typeof change === 'function' ? change(this.value) : change
    this.value = { ...this.value, ...part }
    for (const listener of this.listeners) listener()
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** One part of a cell; the chooser must give the same object while nothing changed. */
export function useCell<T, P>(cell: Cell<T>, choose: (value: T) => P): P {
  return useSyncExternalStore(cell.subscribe, () => choose(cell.get()))
}
