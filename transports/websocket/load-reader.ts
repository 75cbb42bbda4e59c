/** WebSocket, read cheaply: its bytes are those of every WebSocket. */
export { asks, default } from '../_web-socket/socket-reader.ts'
