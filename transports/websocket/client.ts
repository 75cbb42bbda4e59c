/** WebSocket: a browser's own, and what the chat says over it. */
export { chatSocket as default } from '../_web-socket/chat-socket.ts'
