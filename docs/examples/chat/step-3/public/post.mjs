/** Sends a draft. @returns whether it was accepted @throws when that is not known, and it must be sent again */
export async function post(draft) {
  const headers = { 'Content-Type': 'application/json' }
  const signal = AbortSignal.timeout(10_000)
  const response = await fetch('/messages', { method: 'POST', headers, body: JSON.stringify(draft), signal })
  if (response.status >= 500 || response.status === 429) throw new Error(`Status ${response.status}`)
  return response.ok
}
