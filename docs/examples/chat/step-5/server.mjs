/** Who answers what. Start it with: node server.mjs */
import { createServer } from 'node:http'
import { sendFile } from './files.mjs'
import { ROUTES } from './routes.mjs'

const server = createServer((request, response) => {
  const [path] = request.url.split('?')
  const answer = ROUTES[`${request.method} ${path}`] ?? sendFile
  answer(request, response)
})
server.on('listening', () => console.log(`http://localhost:${server.address().port}/`))
server.listen(process.env.PORT ?? 8000, 'localhost')
