/**
 * Trims the log behind what all servers have, so that it does not grow for ever, and what was removed from the rooms leaves it too.
 *
 * There is no owner. Each server looks once a minute, unless another has looked lately; when two do it at once, it does no harm:
 * what one of them finds to be needed by none is needed by none.
 */
import type { Engine } from '../../../store/engine/engine.ts'
import type { Standing } from './questions.ts'

export interface TrimSettings {
  /** The log keeps what is younger, in milliseconds: a server that was away for less goes on where it was. */
  readonly keepMs: number
  /** The same where one server alone has it on a disk: by then there may be a backup of it. */
  readonly keepAloneMs: number
  /** How often a server looks, in milliseconds. */
  readonly everyMs: number
}

/** An hour: longer than a restart or an update takes, and the longest that the text of a removed message stays in the log. A day, with one disk. */
export const TRIM_SETTINGS: TrimSettings = { keepMs: 3_600_000, keepAloneMs: 86_400_000, everyMs: 60_000 }

/** Where the log ended at least so long ago; null when that is not known. */
export interface Ages {
  readonly kept: number | null
  readonly keptAlone: number | null
}

/**
 * The place up to which the log is not needed any more; null for none.
 *
 * That is behind the slowest server that answers; and behind what the second of those has that have it on a disk, or the only one:
 * servers without `--data` keep nothing, and a log that only they have read is all there is.
 */
export function trimmedTo(standings: readonly Standing[], { kept, keptAlone }: Ages): number | null {
  const needed = standings.flatMap(({ needs }) => needs ?? [])
  const onDisk = standings.flatMap(({ has, isOnDisk }) => (isOnDisk && has !== null ? has : []))
  const [first, second] = onDisk.toSorted((a, b) => b - a)
  const limits = second === undefined ? [first, keptAlone] : [second, kept]
  const all = [...needed, ...limits]
  const place = all.includes(undefined) || all.includes(null) ? null : Math.min(...(all as number[]))
  return place === null || place <= 0 ? null : place
}

export interface TrimmerOptions {
  readonly engine: Pick<Engine, 'trim'>
  readonly settings: TrimSettings
  /** Where all servers stand, this one too. */
  readonly census: () => Promise<readonly Standing[]>
  /** The place of the last entry that was applied here. */
  readonly applied: () => number
  readonly after: (ms: number, act: () => void) => () => void
  /** In milliseconds, by a clock that is never set. */
  readonly now: () => number
  /** Told when the log has been trimmed up to a place. */
  readonly onTrimmed: (place: number) => void
}

export class Trimmer {
  readonly #options: TrimmerOptions
  /** Where the log ended when, the oldest first. By this server's own clock: clocks of servers may be apart, and entries have no time. */
  #seen: { readonly at: number; readonly applied: number }[] = []
  #trimmed = 0
  /** When another server has begun to look. */
  #otherAt = Number.NEGATIVE_INFINITY
  #cancel = () => {}
  #isClosed = false

  constructor(options: TrimmerOptions) {
    this.#options = options
    this.#see()
    this.#wait()
  }

  /** Up to where the log is trimmed, as far as this server knows. */
  get trimmed(): number {
    return this.#trimmed
  }

  /** Another server is looking. */
  heardOfOther(): void {
    this.#otherAt = this.#options.now()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  /** Apart by chance, so that servers which began together do not look together. */
  #wait(): void {
    const { settings, after } = this.#options
    this.#cancel = after(settings.everyMs * (0.75 + Math.random() / 2), () => void this.#look())
  }

  async #look(): Promise<void> {
    const { settings, now } = this.#options
    this.#see()
    if (now() - this.#otherAt >= settings.everyMs / 2) await this.#trim().catch(() => {}) // the engine is away
    if (!this.#isClosed) this.#wait()
  }

  async #trim(): Promise<void> {
    const { engine, settings, census, onTrimmed } = this.#options
    const [kept, keptAlone] = [settings.keepMs, settings.keepAloneMs].map((ms) => this.#endBefore(ms))
    if (kept === undefined || kept === null || kept <= this.#trimmed) return
    const standings = await census()
    this.#trimmed = Math.max(...standings.map(({ trimmed }) => trimmed), this.#trimmed)
    const place = trimmedTo(standings, { kept, keptAlone: keptAlone ?? null })
    if (place === null || place <= this.#trimmed || this.#isClosed) return
    await engine.trim(place + 1)
    this.#trimmed = place
    onTrimmed(place)
  }

  #see(): void {
    const { settings, now, applied } = this.#options
    this.#seen.push({ at: now(), applied: applied() })
    // One that is older than the longest time is enough.
    const old = this.#seen.filter(({ at }) => now() - at >= settings.keepAloneMs).length
    this.#seen = this.#seen.slice(Math.max(0, old - 1))
  }

  #endBefore(ms: number): number | null {
    const { now } = this.#options
    return this.#seen.findLast(({ at }) => now() - at >= ms)?.applied ?? null
  }
}
