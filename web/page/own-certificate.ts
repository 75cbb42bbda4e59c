/** What programs must be told before they talk to the lab that serves this page (lab/server/tls/certificate-route.ts). */

export interface OwnCertificate {
  /** Where the lab keeps it; null where it keeps it nowhere, or on another machine. */
  readonly file: string | null
}

/** How it is called when it has been saved from `/certificate.pem`. */
export const SAVED = 'lab-certificate.pem'

/** How long the page waits to be told, in milliseconds. */
const TIMEOUT_MS = 5_000

/** The certificate that the lab has signed itself; null when there is none, or the server does not say. */
export async function ownCertificate(): Promise<OwnCertificate | null> {
  if (globalThis.location?.protocol !== 'https:') return null // without a page there is no reader to tell
  try {
    const answer = await fetch('/certificate.json', { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { isOwn, file } = (await answer.json()) as OwnCertificate & { readonly isOwn: boolean }
    return isOwn ? { file } : null
  } catch {
    return null
  }
}
