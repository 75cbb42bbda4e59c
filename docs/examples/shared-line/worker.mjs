/** One stream for all tabs: a SharedWorker that hands on each event. A tab that comes later is told the last ones. */
const KEPT = 100
const kept = []
const tabs = new Set()

const source = new EventSource('/events')
source.onmessage = ({ data }) => {
  kept.push(data)
  if (kept.length > KEPT) kept.shift()
  for (const tab of tabs) tab.postMessage(data)
}

globalThis.onconnect = ({ ports: [tab] }) => {
  tabs.add(tab)
  tab.onmessage = () => tabs.delete(tab) // its one word is goodbye: a port does not tell that its tab has closed
  for (const data of kept) tab.postMessage(data)
}
