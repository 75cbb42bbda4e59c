import { describe, expect, it } from 'vitest'
import { parseOptions, UsageError } from './options.ts'

describe('npm start --', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([])).toEqual({ port: 3000, host: '127.0.0.1', origins: [], help: false })
  })
  it('takes one address for localhost', () => {
    expect(parseOptions(['--host', 'localhost']).host).toBe('127.0.0.1')
  })
  it('takes several origins', () => {
    const { origins } = parseOptions(['--origin', 'https://a.example/', '--origin', 'http://b.example:8080'])
    expect(origins).toEqual(['https://a.example', 'http://b.example:8080'])
  })
  it.each([
    [['--port', 'http']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port']],
    [['--prot', '80']],
    [['3000']],
    [['--origin', 'a.example']],
    [['--origin', 'https://a.example/path']],
    [['--origin', 'ftp://a.example']],
  ])('refuses %j in one line', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError)
    expect(() => parseOptions(args)).toThrow(/^[^\n]+$/)
  })
})
