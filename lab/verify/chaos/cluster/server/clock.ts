/** Puts this process's wall clock forward or back. To be imported before all else: a module may take `Date.now` when it is loaded. */
import { clockIn } from './clock-of.ts'

const real = Date.now
const shift = clockIn(process.argv)
Date.now = () => real() + shift
