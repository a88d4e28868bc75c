import css from './shell.module.css'

/** Rows that are on their way: never a blank. */
export function Skeleton({ rows, height = 40 }: { rows: number; height?: number }) {
  return (
    <div className={css.skeleton} aria-busy>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="j-skeleton" style={{ height }} />
      ))}
    </div>
  )
}
