/** The page's few signs; each verdict has a shape of its own besides its colour. */
const PATHS = {
  shield: 'M12 2L20.5 5V11.8C20.5 16.6 17 20.2 12 22.2C7 20.2 3.5 16.6 3.5 11.8V5Z M6.8 12.4H9.6L11.2 8.6L13.2 15.8L14.5 12.4H17.2',
  back: 'M15 5L8 12L15 19',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8 M12 2v2.5 M12 19.5V22 M2 12h2.5 M19.5 12H22 M4.9 4.9l1.8 1.8 M17.3 17.3l1.8 1.8 M19.1 4.9l-1.8 1.8 M6.7 17.3l-1.8 1.8',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  car: 'M4 16V12.5L6.2 7.2A2 2 0 0 1 8 6H16A2 2 0 0 1 17.8 7.2L20 12.5V16 M3 12.5H21 M4 16H20V18.5H17.5V16 M6.5 16V18.5H4V16',
  phone: 'M7.5 2.5H16.5A1.5 1.5 0 0 1 18 4V20A1.5 1.5 0 0 1 16.5 21.5H7.5A1.5 1.5 0 0 1 6 20V4A1.5 1.5 0 0 1 7.5 2.5Z M10.5 18.5H13.5',
  lost: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18 M9.3 9.5a2.8 2.8 0 1 1 4.2 2.4c-1 .6-1.5 1.2-1.5 2.3 M12 17.2v.2',
  receipt: 'M5 3H19V21L16.7 19.5L14.3 21L12 19.5L9.7 21L7.3 19.5L5 21Z M8.5 8H15.5 M8.5 12H15.5',
  danger: 'M8.2 2.5H15.8L21.5 8.2V15.8L15.8 21.5H8.2L2.5 15.8V8.2Z M12 7v6 M12 16.5v.3',
  warning: 'M12 3L22 20.5H2Z M12 9.5v5 M12 17.3v.3',
  note: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18 M8 12.2L11 15.2L16.2 9.4',
  unknown: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18 M8 12H16',
} as const

export type SignName = keyof typeof PATHS

export function Sign({ name, size }: { name: SignName; size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <path d={PATHS[name]} />
    </svg>
  )
}
