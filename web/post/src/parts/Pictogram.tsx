/** What is shown instead of said: each by its outline alone, without colour. */
export const SIGNS = ['medical', 'fight', 'fire', 'followed', 'lost_child', 'theft', 'yes', 'no'] as const
export type SignName = (typeof SIGNS)[number]

const PATHS: Record<SignName, string> = {
  medical: 'M19 6h10v13h13v10H29v13H19V29H6V19h13z',
  fight: 'M12 13a4 4 0 1 0 0-8 4 4 0 0 0 0 8m24 0a4 4 0 1 0 0-8 4 4 0 0 0 0 8M10 42V29l-2-5V16h7l8 5M38 42V29l2-5V16h-7l-8 5m-7 21V31m12 11V31M22 12l2-6 2 6M19 27l5-3 5 3',
  fire: 'M24 44c8 0 14-5 14-13 0-9-7-12-9-26-6 4-9 9-8 15-3-1-4-4-4-6-4 4-7 9-7 16 0 9 6 14 14 14m0 0c-4 0-6-3-6-6 0-5 5-6 6-12 3 4 6 7 6 12 0 3-2 6-6 6',
  followed: 'M16 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M10 42l4-14v-9l-5 8m5-8h5l4 7h5M14 28l7 5 1 9M36 16a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7m-5 26 3-12v-8h5v9l4 11M34 30l-3 5',
  lost_child: 'M18 20a7 7 0 1 0 0-14 7 7 0 0 0 0 14M8 42V31c0-4 3-7 7-7h6c4 0 7 3 7 7v11M33 13c0-3 2-5 5-5s5 2 5 5-5 4-5 8m0 5v.5',
  theft: 'M10 20h20v20H10zM15 20v-3a5 5 0 0 1 10 0v3M34 12c5 0 8 4 8 9v8l-7 1m-1-18-6 1',
  yes: 'M8 26l11 11L41 12',
  no: 'M11 11l26 26M37 11 11 37',
}

export function Pictogram({ name }: { name: SignName }) {
  const bold = name === 'yes' || name === 'no'
  return (
    <svg viewBox="0 0 48 48" aria-hidden className="pictogram">
      <path
        d={PATHS[name]}
        fill={name === 'medical' ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth={bold ? 6 : 3}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
