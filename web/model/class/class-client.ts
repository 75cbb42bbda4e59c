/** A class as the page asks the server for it: for its teacher, and for a learner. It knows no document. */
import { ChatError } from '../../../lab/wire/errors.ts'
import type { ClassView, Given, Report } from '../../../lab/wires/class/control.ts'
import type { Wires } from '../wires/wires.ts'

export type ClassClient = ReturnType<typeof createClassClient>

/** @throws ChatError, each of them, when the server refuses or does not answer */
export function createClassClient({ order }: Pick<Wires, 'order'>) {
  const pathOf = (room: string) => `/wires/classes/${encodeURIComponent(room)}`
  return {
    give: async (room: string, setting: string) => viewOf(await order('PUT', pathOf(room), { setting })),
    view: async (room: string) => viewOf(await order('GET', pathOf(room))),
    end: async (room: string): Promise<void> => void (await order('DELETE', pathOf(room))),
    report: async (room: string, report: Report): Promise<Given> =>
      givenOf(await order('POST', `${pathOf(room)}/mine`, report)),
    leave: async (room: string): Promise<void> => void (await order('DELETE', `${pathOf(room)}/mine`)),
  }
}

function givenOf(value: unknown): Given {
  const { given, setting } = (value ?? {}) as Partial<Given>
  if ((typeof given !== 'number' && given !== null) || typeof setting !== 'string')
    throw new ChatError('bad-answer', 'the server does not say what the class was given')
  return { given, setting }
}

function viewOf(value: unknown): ClassView {
  const { now, learners } = (value ?? {}) as Partial<ClassView>
  if (typeof now !== 'number' || !Array.isArray(learners))
    throw new ChatError('bad-answer', 'the server does not say who is in the class')
  return { ...givenOf(value), now, learners }
}
