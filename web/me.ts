/** Who I am, once for the whole page: one cookie, one answer. */
import { createMe, type Me, type Tabs } from './model/me.ts'
import { browserPlatform } from './platform.ts'

export const me: Me = createMe(browserPlatform, location.origin, {
  tabs: otherTabs('who-i-am'),
  allowsCookies: () => navigator.cookieEnabled,
})

/**
 * Whatever may have happened while the page was not looked at, the cookie knows and no script is told: a page that
 * comes back, from the back/forward cache, from behind another tab or another window, asks.
 */
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void me.refresh()
})
window.addEventListener('focus', () => void me.refresh())
window.addEventListener('online', () => void me.refresh())
document.addEventListener('resume', () => void me.refresh())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void me.refresh()
})

/** The channel is closed while the page is left: a message to it would throw the page out of the back/forward cache. */
function otherTabs(name: string): Tabs {
  let channel: BroadcastChannel | null = null
  let told = () => {}
  const open = () => {
    channel ??= new BroadcastChannel(name)
    channel.onmessage = () => told()
  }
  window.addEventListener('pagehide', () => {
    channel?.close()
    channel = null
  })
  window.addEventListener('pageshow', open)
  open()
  return {
    tell: () => channel?.postMessage('changed'),
    onTold: (listener) => {
      told = listener
    },
  }
}
