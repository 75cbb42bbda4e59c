/**
 * The canvas of the timeline: when it is drawn, how large it is, in which colours, and what is under a point of it.
 *
 * It is drawn while it is in view and something has changed or moves, thirty times a second at most, and less often when that
 * would take too much of the page's time.
 */
import { inNextFrame } from '../../frame.ts'
import { draw } from './draw/draw.ts'
import { type Palette, readPalette } from './draw/palette.ts'
import type { Shown } from './draw/passed.ts'
import { type Layout, layoutOf, type Target, targetAt, timeAt } from './layout.ts'
import type { Store } from './store.ts'
import type { View } from './view.ts'

/** A second frame between two news would show the same, a little further left. */
const DRAW_EVERY_MS = 33
/** For a reader who wants less motion, the picture moves so often, in jumps. */
const LESS_MOTION_MS = 1_000
/** How soon what has changed is seen while nothing moves. */
const IDLE_MS = 50
/** A frame may come so much early and still be the next. */
const EARLY_MS = 4
/** A frame is asked for so long before it is due: earlier, and one more is made that draws nothing. */
const ASK_MS = 13
/** Drawing takes one part of so many of the page's time at most: the lanes beside it are what is measured. */
const SHARE = 10

export interface SurfaceOptions {
  readonly host: HTMLElement & { readonly renderRoot: ParentNode }
  readonly store: Store
  readonly view: View
  /** The transports in the order that decides their hues. */
  readonly order: readonly string[]
  readonly isTall: () => boolean
  /** The height of a connection's line, in pixels; the usual one unless given. */
  readonly line: () => number
  /** How many times its usual size it is drawn. */
  readonly scale: () => number
  readonly shown: () => Omit<Shown, 'now' | 'isLive'>
  /** The rows have other heights than before. */
  readonly onResize: () => void
}

export interface Surface {
  /** As it was drawn last; null before. */
  readonly layout: Layout | null
  /** Something that is shown has changed. */
  invalidate(): void
  targetAt(event: MouseEvent): Target | null
  /** @param by so many pixels further right */
  timeAt(event: MouseEvent, by?: number): number | undefined
  /** Draws from now on; the returned function ends it. */
  start(): () => void
}

export function createSurface({
  host,
  store,
  view,
  order,
  isTall,
  line,
  scale,
  shown,
  onResize,
}: SurfaceOptions): Surface {
  let layout: Layout | null = null
  let palette: Palette | null = null
  let isDirty = true
  let lastDraw = 0
  /** What the last drawing took, in milliseconds. */
  let took = 0
  /** The element that the canvas fills, and its width: to ask for it in each frame would make the browser lay out the page. */
  let frame: HTMLElement | null = null
  let frameWidth = 0
  const size = new ResizeObserver(() => {
    frameWidth = frame?.clientWidth ?? 0
    repaint()
  })
  const canvasOf = () => host.renderRoot.querySelector('canvas')

  function paint(pageNow: number): void {
    const canvas = canvasOf()
    const context = canvas?.getContext('2d')
    if (!canvas || !context) return
    palette ??= readPalette(host.renderRoot.querySelector('.probe')!, order)
    const times = scale()
    if (frame !== canvas.parentElement) {
      frame = canvas.parentElement!
      frameWidth = frame.clientWidth
      size.observe(frame)
    }
    const width = frameWidth / times
    const end = view.endAt(pageNow)
    layout = layoutOf(store.lanes, width, [end - view.span, end], isTall(), line())
    const ratio = devicePixelRatio * times
    const [w, h] = [Math.round(width * ratio), Math.round(layout.height * ratio)]
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
      // By script: the policy of the page allows no style in an attribute.
      canvas.style.height = `${layout.height * times}px`
      onResize()
    }
    lastDraw = pageNow
    isDirty = false
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    const isLive = view.mode.kind === 'live'
    const began = performance.now()
    draw(context, layout, store, { ...shown(), now: view.serverNow(pageNow), isLive }, palette)
    took = performance.now() - began
  }

  function repaint(): void {
    palette = null
    isDirty = true
  }

  /** Where a reader cannot see it, nothing is drawn. */
  function drawWhileInView(): () => void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)')
    let isInView = false
    let isOver = false
    const next = () => {
      if (isOver || !isInView) return
      inNextFrame((isVisible) => {
        const now = performance.now()
        if (isVisible && (isDirty || moves()) && now - lastDraw >= every() - EARLY_MS) paint(now)
        // By a timer: a frame that is asked for is made, though it would show the same.
        setTimeout(next, moves() || isDirty ? lastDraw + every() - ASK_MS - performance.now() : IDLE_MS)
      })
    }
    const moves = () => view.mode.kind !== 'stopped' && store.lanes.length > 0
    const every = () => (calm.matches && moves() ? LESS_MOTION_MS : Math.max(DRAW_EVERY_MS, SHARE * took))
    const observer = new IntersectionObserver((entries) => {
      const was = isInView
      isInView = entries.at(-1)?.isIntersecting === true
      if (isInView && !was) next()
    })
    observer.observe(host)
    return () => {
      isOver = true
      observer.disconnect()
    }
  }

  const xIn = (event: MouseEvent) =>
    (event.clientX - (canvasOf()?.getBoundingClientRect().left ?? 0)) / scale()

  return {
    get layout() {
      return layout
    },
    invalidate() {
      isDirty = true
    },
    targetAt(event) {
      const top = canvasOf()?.getBoundingClientRect().top ?? 0
      return layout && targetAt(layout, store, xIn(event), (event.clientY - top) / scale())
    },
    timeAt: (event, by = 0) => (layout ? timeAt(layout, xIn(event) + by) : undefined),
    start() {
      const scheme = matchMedia('(prefers-color-scheme: dark)')
      scheme.addEventListener('change', repaint)
      const theme = new MutationObserver(repaint)
      theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
      size.observe(host)
      const stopDrawing = drawWhileInView()
      return () => {
        scheme.removeEventListener('change', repaint)
        theme.disconnect()
        size.disconnect()
        frame = null
        stopDrawing()
      }
    },
  }
}
