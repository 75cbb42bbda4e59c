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
    a: { at: 0, fault: 'none' },
    b: { at: 0, fault: 'none' },
    c: { at: 0, fault: 'none' },
    d: { at: 0, fault: 'none' },
    e: { at: 0, fault: 'none' },
  }
}
