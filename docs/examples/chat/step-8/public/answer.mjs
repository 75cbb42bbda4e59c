/** The answer to what was asked last. It comes by another way than the question went, or not at all. */
export function createAnswer() {
  let settle
  let isOver = false // what a closed socket is handed, it drops without a word (WHATWG WebSockets §3.1)
  return {
    to: (ask) =>
      new Promise((done, fail) => {
        if (isOver) throw new Error('The line has ended.')
        settle = { done, fail }
        ask()
      }),
    give: (value) => settle?.done(value),
    miss() {
      isOver = true
      settle?.fail(new Error('The line ended before the answer.'))
    },
  }
}
