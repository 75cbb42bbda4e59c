/** Who answers what. Start it with: node server.mjs */
import { createServer } from 'node:http'
import { sendFile } from './files.mjs'
import { upgrade } from './socket.mjs'

const server = createServer(sendFile)
server.on('upgrade', upgrade)
server.on('listening', () => console.log(`http://localhost:${server.address().port}/`))
server.listen(process.env.PORT ?? 8000, 'localhost')
