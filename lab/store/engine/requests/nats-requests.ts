/** Questions between servers over core NATS: a subject for each server and one for all, beside the stream's own, so that no stream keeps them. */
import { createInbox, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { answered, noAnswer, type Requests } from './requests.ts'

/** @param subject under which all of it lies: of one log, and no other */
export function natsRequests(connection: NatsConnection, subject: string): Requests {
  const all = `${subject}.all`
  const of = (server: string) => `${subject}.to.${server}`
  return {
    serve(server, answer) {
      if (connection.isClosed()) return () => {}
      const subscriptions = [all, of(server)].map(
        (one): Subscription =>
          connection.subscribe(one, {
            callback(error, message) {
              const body = error ? null : answered(answer, message.data)
              try {
                if (body) message.respond(body)
              } catch {} // the connection closes: an answer that is lost, as some may be
            },
          }),
      )
      return () => {
        for (const subscription of subscriptions) subscription.unsubscribe()
      }
    },
    async ask(server, question, ms) {
      try {
        return (await connection.request(of(server), question, { timeout: ms })).data
      } catch (error) {
        throw noAnswer(server, error)
      }
    },
    async askAll(question, ms) {
      const answers: Uint8Array[] = []
      if (connection.isClosed()) return answers
      try {
        const inbox = createInbox()
        const subscription = connection.subscribe(inbox, {
          callback(error, { data, headers }) {
            // What NATS itself says when no server listens has a code in its headers.
            if (!error && !headers?.code) answers.push(data)
          },
        })
        connection.publish(all, question, { reply: inbox })
        await new Promise((resolve) => setTimeout(resolve, ms))
        subscription.unsubscribe()
      } catch {} // it closes meanwhile
      return answers
    },
  }
}
