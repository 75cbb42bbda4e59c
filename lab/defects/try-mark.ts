/** Stands between a draft's own id and the number of the try, so that a ledger can tell whose second self it is. */
export const TRY_MARK = '~'
