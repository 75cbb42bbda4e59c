import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { NO_SCHEMAS } from './no-schemas.ts'

it('answers what it is asked, without a schema', async () => {
  const app = Fastify({ schemaController: NO_SCHEMAS })
  app.post('/', ({ body }) => ({ body }))
  const response = await app.inject({ method: 'POST', url: '/', payload: { any: ['thing'] } })
  expect(response.json()).toEqual({ body: { any: ['thing'] } })
  await app.close()
})

it.each([{ body: { type: 'object' } }, { response: { 200: { type: 'string' } } }])(
  'does not start with a route that has one, since nothing would check it: %j',
  async (schema) => {
    const app = Fastify({ schemaController: NO_SCHEMAS })
    app.post('/', { schema }, () => 'never')
    await expect(app.ready()).rejects.toThrow('no schema of Fastify here')
  },
)
