/** One piece as it is edited: as text, as bytes in hexadecimal, or by the fields of a WebSocket frame. Keeps nothing. */
import { html, nothing } from 'lit'
import { isOpcode, OPCODE_NAMES } from '../../transports/_formats/ws-frame.ts'
import { bytesOf, type Form, fromHex, inForm, type Piece, toHex } from '../model/composer/pieces.ts'

const FORMS: Readonly<Record<Form, string>> = { text: 'Text', hex: 'Bytes', frame: 'Frame' }

export interface PieceActions {
  /** @param change makes the piece another; what it throws is shown */
  edit(change: (piece: Piece) => Piece): void
  cut(): void
  remove(): void
}

export function pieceEditor(piece: Piece, index: number, { edit, cut, remove }: PieceActions) {
  const set = (more: Partial<Piece>) => edit((one) => ({ ...one, ...more }))
  return html`<fieldset class="piece" data-piece=${index}>
    <legend>Piece ${index + 1}</legend>
    <div class="row">
      ${(Object.keys(FORMS) as Form[]).map(
        (form) =>
          html`<button aria-pressed=${piece.form === form} @click=${() => edit((one) => inForm(one, form))}>${FORMS[form]}</button>`,
      )}
      ${
        piece.form === 'text'
          ? html`<label><input type="checkbox" .checked=${piece.isCrlf} @change=${() => set({ isCrlf: !piece.isCrlf })}> lines end with CR LF</label>`
          : nothing
      }
      ${
        index > 0
          ? html`<label><input type="checkbox" .checked=${piece.afterAnswer} @change=${() => set({ afterAnswer: !piece.afterAnswer })}> wait for the answer before it</label>`
          : nothing
      }
    </div>
    ${piece.form === 'frame' && piece.frame ? frameFields(piece, set) : nothing}
    <textarea
      aria-label=${piece.form === 'frame' ? `Payload of piece ${index + 1}` : `Piece ${index + 1}`}
      spellcheck="false"
      .value=${piece.text}
      @input=${(event: Event) => set({ text: (event.target as HTMLTextAreaElement).value })}
    ></textarea>
    <div class="row">
      <span class="note">${sizeOf(piece)}</span>
      <button @click=${cut}>Cut it in two</button>
      <button @click=${() => edit(dropLast)}>Drop the last byte</button>
      <button @click=${remove} aria-label=${`Remove piece ${index + 1}`}>Remove</button>
    </div>
  </fieldset>`
}

function frameFields(piece: Piece, set: (more: Partial<Piece>) => void) {
  const frame = piece.frame!
  const turn = (more: Partial<typeof frame>) => set({ frame: { ...frame, ...more } })
  const bit = (name: string, is: boolean, flipped: Partial<typeof frame>) =>
    html`<label><input type="checkbox" .checked=${is} @change=${() => turn(flipped)}> ${name}</label>`
  const numberIn = (event: Event) => (event.target as HTMLInputElement).valueAsNumber
  return html`<div class="row" role="group" aria-label="Header of the frame">
    ${bit('FIN', frame.fin, { fin: !frame.fin })}
    ${[4, 2, 1].map((mask, at) => bit(`RSV${at + 1}`, (frame.reserved & mask) !== 0, { reserved: frame.reserved ^ mask }))}
    <label>opcode
      <select @change=${(event: Event) => turn({ opcode: Number((event.target as HTMLSelectElement).value) })}>
        ${Array.from(
          { length: 16 },
          (_, code) => html`<option value=${code} ?selected=${code === frame.opcode}>
            ${code} ${isOpcode(code) ? OPCODE_NAMES[code] : 'reserved'}
          </option>`,
        )}
      </select>
    </label>
    ${bit('MASK', frame.masked, { masked: !frame.masked })}
    <label>length
      <input
        type="number" min="0" max="4294967295" placeholder="as it is"
        .value=${frame.length === null ? '' : String(frame.length)}
        @change=${(event: Event) => turn({ length: Number.isFinite(numberIn(event)) ? Math.max(0, Math.floor(numberIn(event))) : null })}
      >
    </label>
    <label>key
      <input
        class="key" ?disabled=${!frame.masked} .value=${toHex(frame.key)}
        @change=${(event: Event) => turn({ key: keyOf((event.target as HTMLInputElement).value) })}
      >
    </label>
  </div>`
}

/** Four bytes, whatever was typed. */
function keyOf(text: string): Uint8Array {
  const key = new Uint8Array(4)
  const typed = text.replace(/[^0-9a-f]/gi, '').slice(0, 8)
  key.set(fromHex(typed.length % 2 === 1 ? `${typed}0` : typed))
  return key
}

function dropLast(piece: Piece): Piece {
  const bytes = bytesOf(piece)
  return { ...inForm(piece, 'hex'), text: toHex(bytes.subarray(0, -1)) }
}

function sizeOf(piece: Piece): string {
  try {
    const { length } = bytesOf(piece)
    return `${length} ${length === 1 ? 'byte' : 'bytes'}`
  } catch (error) {
    return (error as Error).message
  }
}
