export type Fault = 'mask' | 'length' | 'fragment' | 'control' | 'utf8' | 'none'

export interface Finding {
  /** The wrong byte, counted from 0; 0 when nothing is wrong. */
  readonly at: number
  readonly fault: Fault
}

export type Capture = 'a' | 'b' | 'c' | 'd' | 'e'

/** What you have read, by hand. */
export function findings(): Record<Capture, Finding> {
  return {
    a: { at: 12, fault: 'mask' },
    b: { at: 8, fault: 'fragment' },
    c: { at: 5, fault: 'length' },
    d: { at: 0, fault: 'none' },
    e: { at: 7, fault: 'control' },
  }
}
