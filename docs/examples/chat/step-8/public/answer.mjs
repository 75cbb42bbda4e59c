/** The answer to what was asked last. It comes by another way than the question went, or not at all. */
export function createAnswer() {
  let settle
  return {
    to: (ask) =>
      new Promise((done, fail) => {
        settle = { done, fail }
        ask()
      }),
    give: (value) => settle?.done(value),
    miss: () => settle?.fail(new Error('The line ended before the answer.')),
  }
}
