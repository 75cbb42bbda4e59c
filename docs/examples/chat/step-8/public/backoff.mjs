/** How long to wait: longer after each failure, and by chance, so that a crowd does not come back in one instant. */
export const backoff = (failures) => Math.random() * Math.min(15_000, 500 * 2 ** failures)

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))
