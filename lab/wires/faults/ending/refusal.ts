/** Refusal: open connections go on, and no new one is taken. */
import type { Fault } from '../fault.ts'

export const refusal: Fault = {
  about: {
    name: 'refusal',
    title: 'New connections refused',
    models:
      'A full or restarting server, or a firewall: a client that is connected stays so, and none can come back.',
    report: 'https://github.com/mattermost/mattermost-webapp/issues/10960',
    settings: [],
    scope: 'wire',
    isOnce: false,
  },
  begin: () => ({
    touch(line, isNewcomer) {
      if (isNewcomer) line.drop('reset')
      return undefined
    },
  }),
}
