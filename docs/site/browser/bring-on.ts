/**
 * How what is new in a picture comes on: lines grow, words fade in after them, dots are swept on from the left, and what has
 * moved goes there from where it was. What does which is in the drawing (docs/site/pictures/draw.ts).
 *
 * By script and not by style sheet, because a move begins where the step before left off, and our policy
 * forbids a style of its own to an element of the page.
 */

const GROWS_MS = 700
const SWEEPS_MS = 1_600
const MOVES_MS = 900

/** @returns what is under way, to be cancelled when the next step comes */
export function bringOn(step: Element): Animation[] {
  const all = (selector: string) => [...step.querySelectorAll<SVGElement>(`.new ${selector}`)]
  const fill = 'backwards' as const
  return [
    ...all('.draws').map((line) =>
      line.animate(
        [
          { strokeDasharray: '1', strokeDashoffset: 1 },
          { strokeDasharray: '1', strokeDashoffset: 0 },
        ],
        {
          ...{ duration: GROWS_MS, easing: 'ease-out', fill },
        },
      ),
    ),
    ...all('.fades').map((part) =>
      part.animate([{ opacity: 0 }, { opacity: 1 }], { duration: GROWS_MS / 2, delay: GROWS_MS / 2, fill }),
    ),
    ...all('.sweeps').map((part) =>
      part.animate([{ clipPath: 'inset(-10% 100% -10% 0)' }, { clipPath: 'inset(-10% -10% -10% 0)' }], {
        ...{ duration: SWEEPS_MS, easing: 'linear', fill },
      }),
    ),
    ...all('[data-from]').map((part) => {
      const [x = 0, y = 0] = part.dataset.from!.split(' ').map(Number)
      return part.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: 'none' }], {
        ...{ duration: MOVES_MS, easing: 'ease-in-out', fill },
      })
    }),
  ]
}
