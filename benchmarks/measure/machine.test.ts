import { expect, it } from 'vitest'
import { describeMachine, describeVersions } from './machine.ts'

it('a machine is described by what it has', () => {
  const machine = describeMachine()
  expect(machine.cores).toBeGreaterThan(0)
  expect(machine.memoryBytes).toBeGreaterThan(2 ** 20)
  expect(machine.fileDescriptors).toBeGreaterThan(10)
  expect(machine.cpu).not.toBe('')
})

it('versions are those that are installed, and the commit is told', () => {
  const versions = describeVersions()
  expect(versions.node).toBe(process.versions.node)
  expect(versions.ws).toMatch(/^\d+\.\d+\.\d+/)
  expect(versions.commit).toMatch(/^([0-9a-f]{7,}|unknown)\+?$/)
})
