/**
 * Keys that are a person's word to the page, and keys that are not.
 *
 * Who writes Chinese, Japanese, Korean, or an accent by a dead key composes a character out of several keys,
 * and one of them, often Enter, ends the composition. It is no command. Browsers mark such a key by
 * `isComposing`; Safari ends the composition before it tells of the key, and marks that one by the key
 * code 229 alone (UI Events §5.2 and its Appendix A.3). So each listener to keys asks here first.
 */
export const isComposing = ({
  isComposing,
  keyCode,
}: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean => isComposing || keyCode === 229
