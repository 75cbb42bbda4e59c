/**
 * Which folder may import which.
 *
 *     wire ← store ← hub ← server ← transports/NAME/server.ts     (the hub sees only the interfaces of store and engine)
 *     wire ← client ← transports/NAME/client.ts
 *     wire ← wires ← server                                       (proxy, tap, faults; the page sees only its words)
 *     wire ← people ← server                                      (people see only the records of the store)
 *     lab (without app and verify) ← transports ← lab/app
 *     wire, client ← transports/{_formats, _web-socket} ← transports/NAME  (codecs, and what all that speak WebSocket share)
 *     benchmarks/{run-file, statistics, calculator, plots}, transports/_formats ← web
 *     lab/defects/client ← web; lab/defects ← lab/app            (mistakes on purpose, for a lane that a visitor has chosen)
 *     wire, server, command ← cluster                             (`npm run cluster`: labs as processes, beside other programs)
 *     command ← server, app and every command                     (terminal, children, folders; Node alone)
 *     everything ← lab/verify
 *
 * No arrow points back. A type check cannot see this: it stays green when server code is drawn into the browser.
 */

interface Rule {
  /** Which files this is about. The first rule that fits a file decides. */
  readonly files: RegExp
  /** What they may import. `SELF/` stands for the file's own folder. */
  readonly may: RegExp
}

/** What the report and the lab page share: neither knows Node. */
const FIGURES = 'benchmarks\\/(run-file|measure\\/statistics)\\.ts|benchmarks\\/(calculator|plots)\\/.*'

/** The one look of the lab page, the course and the reports (docs/decisions/059-one-base.md). It imports nothing. */
const BASE = 'web\\/(base|tokens)\\.css'

const RULES: readonly Rule[] = [
  { files: /^lab\/verify\/|\.test\.ts$|^vitest\.config\.ts$/, may: /.*/ },
  { files: /^lab\/wire\//, may: /^lab\/wire\/|^valibot$/ },
  { files: /^lab\/command\/compiled\/compile\.js$/, may: /^esbuild$|^node:/ },
  { files: /^lab\/command\//, may: /^lab\/command\/|^commander$|^node:/ },
  {
    files: /^lab\/store\/engine\/(requests\/)?nats/,
    may: /^lab\/(wire|store)\/|^@nats-io\/(jetstream|transport-node)$|^node:/,
  },
  { files: /^lab\/store\//, may: /^lab\/(wire|store)\/|^libsql$|^node:/ },
  {
    files: /^lab\/hub\//,
    may: /^lab\/(wire|hub)\/|^lab\/store\/((store|epoch|records|copy)|engine\/(engine|turn|requests\/requests))\.ts$/,
  },
  {
    files: /^lab\/people\//,
    may: /^lab\/(wire|people)\/|^lab\/store\/records\.ts$|^@node-rs\/argon2$|^node:/,
  },
  { files: /^lab\/client\//, may: /^lab\/(wire|client)\// },
  { files: /^lab\/defects\/(said|try-mark)\.ts$/, may: /^$/ },
  {
    files: /^lab\/defects\/client\//,
    may: /^lab\/(wire|client)\/|^lab\/defects\/(client\/|(said|try-mark)\.ts$)/,
  },
  {
    files: /^lab\/defects\/server\//,
    may: /^lab\/(wire|hub|server)\/|^lab\/defects\/(server\/|said\.ts$)|^node:/,
  },
  { files: /^lab\/wires\//, may: /^lab\/(wire|wires)\/|^valibot$|^node:/ },
  {
    files: /^lab\/server\//,
    may: /^lab\/(wire|wires|store|hub|people|server|command)\/|^fastify$|^(cookie|pino|prom-client|selfsigned|valibot)$|^node:/,
  },
  // It starts the lab as a person does, and knows it by what it serves.
  { files: /^lab\/cluster\//, may: /^lab\/(wire|command|server|cluster)\/|^(fastify|valibot)$|^node:/ },
  {
    files: /^lab\/app\//,
    may: /^lab\/(?!verify\/)|^transports\/|^docs\/site\/build-worker\.ts$|^(@fastify\/|esbuild$|fastify$)|^node:/,
  },
  { files: /^transports\/manifest\.ts$/, may: /^$/ },
  {
    files: /^transports\/load-server\.ts$/,
    may: /^lab\/server\/transport-kit\/|^lab\/client\/descriptor\.ts$|^transports\/(manifest|descriptors|\*\/server)\.ts$/,
  },
  {
    files: /^transports\/load-[a-z-]+\.ts$|^transports\/descriptors\.ts$/,
    may: /^lab\/client\/|^transports\/(manifest|\*\/(client|transport|load-reader))\.ts$/,
  },
  {
    files: /^transports\/auto\//, // composed of the others
    may: /^lab\/(wire|client)\/|^transports\/load-client\.ts$|^SELF\//,
  },
  { files: /^transports\/_formats\//, may: /^lab\/wire\/|^transports\/_formats\// },
  {
    files: /^transports\/_web-socket\/server-[a-z-]+\.ts$/,
    may: /^lab\/(wire|server)\/|^transports\/_(formats|web-socket)\/|^node:/,
  },
  {
    files: /^transports\/[^/]+\/server(-[a-z-]+)?\.ts$/,
    may: /^lab\/(wire|hub|server)\/|^transports\/_(formats|web-socket)\/|^SELF\/(?!client|load-reader)|^fastify$|^ws$|^node:/,
  },
  {
    files: /^transports\/[^/]+\//,
    may: /^lab\/(wire|client)\/|^transports\/_(formats|web-socket)\/(?!server)|^SELF\/(?!server)/,
  },
  {
    files: /^benchmarks\/(calculator|plots)\//,
    may: new RegExp(`^(${FIGURES}|${BASE})$|^lab/wire/|^transports/manifest\\.ts$|^lit(/|$)|^chart\\.js$`),
  },
  { files: /^benchmarks\//, may: /^(?!web\/|lab\/verify\/)/ },
  {
    files: /^web\//,
    may: new RegExp(
      `^(${FIGURES})$|^lab/(wire|client)/|^lab/wires/(records|control|(pitfalls|class|servers)/control)\\.ts$|^lab/cluster/control/words\\.ts$|^lab/defects/(client/|try-mark\\.ts$)|^web/|^transports/(manifest|load-client|descriptors)\\.ts$|^transports/_formats/|^lit(/|$)|^chart\\.js$`,
    ),
  },
  {
    files: /^docs\//,
    may: /^(?!lab\/verify\/(?!rules\/|browser\/|conformance\/|museum\/(exhibits|options)\.ts$|(chaos|show)\/options\.ts$))/,
  },
]

/** Those of `imports` that `file` may not have, as sentences. */
export function forbiddenImports(file: string, imports: readonly string[]): string[] {
  const rule = RULES.find(({ files }) => files.test(file))
  if (!rule) return [`${file} is in no folder that has a rule: give it one in lab/verify/rules/boundaries.ts`]
  const self = `${file.slice(0, file.lastIndexOf('/'))}/`
  return imports
    .filter((target) => {
      const own = target.startsWith(self) ? `SELF/${target.slice(self.length)}` : target
      return !rule.may.test(own) && !rule.may.test(target)
    })
    .map((target) => `${file} may not import ${target}`)
}
