/** Ports of this machine, for the programs that tests start: as `npm run cluster` finds them for its own. */
export { freePorts, isOpen } from '../../../cluster/machine/ports.ts'
