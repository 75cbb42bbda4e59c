/**
 * The course speaks of the lab that serves it (own-address.ts says what changes): in its commands, so that what is
 * copied works on another port, over TLS and in a class against the class's own machine, and in what it tells.
 */
import { type OwnCertificate, ownCertificate, SAVED } from '../../../web/page/own-certificate.ts'
import { type Edit, editsInCode, editsInProse, type OwnLab } from '../own-address.ts'

export async function putOwnAddress(): Promise<void> {
  const { origin, protocol } = location
  if (origin === 'http://localhost:3000') return
  const own = await ownCertificate()
  const lab: OwnLab = { origin, certificate: own && (own.file ?? SAVED) }
  const article = document.querySelector('article')!
  let commands = 0
  for (const code of article.querySelectorAll('pre code')) {
    // What is quoted from the source is shown as it stands there.
    if (code.closest('.source, figure')) continue
    const language = /(?<=\blanguage-)[a-z]+/.exec(code.className)?.[0] ?? ''
    const edits = editsInCode(code.textContent, language, lab)
    apply(edits, code)
    if (edits.length > 0) commands++
  }
  for (const text of textsIn(article)) {
    if (!text.parentElement?.closest('pre')) apply(editsInProse(text.data, lab), text)
  }
  if (protocol === 'https:' && commands > 0) article.querySelector('h1')?.after(noteOn(own))
}

/** What a reader must know who types the commands of this page. */
function noteOn(own: OwnCertificate | null): HTMLElement {
  const note = document.createElement('p')
  note.className = 'over-tls'
  note.setAttribute('role', 'note')
  note.append('This lab speaks TLS. ')
  if (own) {
    const saved = Object.assign(document.createElement('a'), {
      href: '/certificate.pem',
      download: SAVED,
      textContent: 'Save its certificate',
    })
    if (own.file === null) note.append(saved, ' in the folder in which you type, as ', code(SAVED), '. ')
    note.append(
      'The lab has signed it itself, so the commands on this page tell curl to believe it, by ',
      code('--cacert'),
      ', and Node, by ',
      code('NODE_EXTRA_CA_CERTS'),
      '. ',
    )
    if (own.file !== null) note.append('(On another machine, ', saved, ' there.) ')
  }
  note.append(
    'Over TLS, curl and the lab agree on HTTP/2: the head of an answer begins with ',
    code('HTTP/2 200'),
    ', and its names are in lower case. Add ',
    code('--http1.1'),
    ' to see it as it is printed here.',
  )
  return note
}

function code(text: string): HTMLElement {
  const element = document.createElement('code')
  element.textContent = text
  return element
}

/** From the end, so that the places of those before stay right. A word of code may lie in several elements. */
function apply(edits: readonly Edit[], within: Node): void {
  for (const { at, length, text } of edits.toReversed()) {
    const [start, startsAt] = placeOf(at, within)
    if (length > 0) {
      const range = document.createRange()
      range.setStart(start, startsAt)
      range.setEnd(...placeOf(at + length - 1, within, 1))
      range.deleteContents()
    }
    start.insertData(startsAt, text)
  }
}

/** The text in which the character at `offset` of all the text within stands, and its place there, or one `behind` it. */
function placeOf(offset: number, within: Node, behind = 0): [Text, number] {
  let left = offset
  for (const text of within instanceof Text ? [within] : textsIn(within)) {
    if (left < text.length) return [text, left + behind]
    left -= text.length
  }
  throw new RangeError(`there is no character ${offset}`)
}

function textsIn(node: Node): Text[] {
  const texts: Text[] = []
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) texts.push(walker.currentNode as Text)
  return texts
}
