/** The last lines of this desk, newest last; arrows walk through them as in a shell. */
const KEPT = 50

export class History {
  private readonly lines: string[] = []
  private at = 0
  private draft = ''

  add(line: string): void {
    const said = line.trim()
    if (said && this.lines.at(-1) !== said) this.lines.push(said)
    if (this.lines.length > KEPT) this.lines.shift()
    this.at = this.lines.length
  }

  back(present: string): string {
    if (this.at === this.lines.length) this.draft = present
    if (this.at > 0) this.at -= 1
    return this.lines[this.at] ?? present
  }

  forward(): string {
    if (this.at < this.lines.length) this.at += 1
    return this.lines[this.at] ?? this.draft
  }
}
