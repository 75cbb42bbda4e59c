export interface Headers {
  readonly host: string
  /** Missing when a program asks that is no browser. */
  readonly origin?: string
}

/** @param allowed origins, as `https://chat.example` */
export function mayConnect({ origin }: Headers, allowed: readonly string[]): boolean {
  return origin === undefined || allowed.includes(origin)
}
