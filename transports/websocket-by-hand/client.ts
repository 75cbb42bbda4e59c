/** WebSocket, by hand: a browser's own WebSocket, since no page can open a bare socket. */
export { chatSocket as default } from '../_web-socket/chat-socket.ts'
