/** Who I am, once for the whole page: one cookie, one answer. */
import { createMe, type Me } from './model/me.ts'
import { browserPlatform } from './platform.ts'

export const me: Me = createMe(browserPlatform, location.origin)
