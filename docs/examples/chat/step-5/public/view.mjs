/** What a person sees and does. Text goes in as text: what others write never becomes HTML. */
const [list, form, state] = ['messages', 'form', 'state'].map((id) => document.getElementById(id))

export const say = (text) => state.replaceChildren(text)
export const mark = (text) => list.appendChild(document.createElement('li')).append(text)
export const show = ({ author, text }) => mark(`${author}: ${text}`)

export function onSend(send) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const { author, text } = form.elements
    send({ author: author.value, text: text.value })
    text.value = ''
  })
}
