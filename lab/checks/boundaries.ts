/**
 * Who may import whom.
 *
 *     wire ← log ← hub ← server ← transports/NAME/server.ts   (the hub sees only the log's interface)
 *     wire ← client ← transports/NAME/client.ts
 *     wire ← people ← server                            (people see only the records of the log)
 *     wire, client, manifest, transports/NAME/client.ts, a run and its statistics ← web
 *     what builds the course's site ← server
 *     command ← server, and every command            (terminal, children, folders; Node alone)
 *     everything ← conformance, attacks, chaos, deploy, foreign, benchmarks
 *
 * A type check cannot see this: it stays green when server code is drawn into the browser.
 */

interface Rule {
  /** Which files this is about. The first rule that fits a file decides. */
  readonly files: RegExp
  /** What they may import. `SELF/` stands for the file's own folder. */
  readonly may: RegExp
}

const RULES: readonly Rule[] = [
  { files: /\.test\.ts$|^vitest\.config\.ts$/, may: /.*/ },
  { files: /^(lab\/(conformance|attacks|chaos|deploy|foreign|checks)|benchmarks|docs)\//, may: /.*/ },
  { files: /^web\/browser\//, may: /.*/ }, // drives a browser from Node; never sent to one
  { files: /^lab\/wire\//, may: /^lab\/wire\// },
  { files: /^lab\/command\//, may: /^lab\/command\/|^lab\/server\/usage-error\.ts$|^node:/ },
  { files: /^lab\/log\//, may: /^lab\/(wire|log)\/|^libsql$|^node:/ },
  { files: /^lab\/hub\//, may: /^lab\/(wire|hub)\/|^lab\/log\/store\.ts$/ },
  { files: /^lab\/people\//, may: /^lab\/(wire|people)\/|^lab\/log\/records\.ts$|^@node-rs\/argon2$|^node:/ },
  { files: /^lab\/client\//, may: /^lab\/(wire|client)\/|^transports\/(manifest|\*\/(client|about))\.ts$/ },
  {
    files: /^lab\/server\//,
    may: /^lab\/(wire|log|hub|people|command|server)\/|^docs\/site\/aside\.ts$|^transports\/(manifest|\*\/server)\.ts$|^fastify$|^@fastify\/|^(cookie|esbuild|pino|prom-client|selfsigned)$|^node:/,
  },
  { files: /^transports\/manifest\.ts$/, may: /^$/ },
  {
    files: /^transports\/[^/]+\/server(-[a-z-]+)?\.ts$/,
    may: /^lab\/(wire|hub|server)\/|^SELF\/(?!client)|^fastify$|^ws$|^node:/,
  },
  { files: /^transports\/[^/]+\//, may: /^lab\/(wire|client)\/|^SELF\/(?!server)/ },
  {
    // Of the benchmark, only what a run leaves behind and how to compare figures: neither knows Node.
    files: /^web\//,
    may: /^lab\/(wire|client)\/|^web\/(?!browser\/)|^transports\/manifest\.ts$|^benchmarks\/(run-file|measure\/statistics)\.ts$|^lit(\/|$)|^chart\.js$/,
  },
]

/** Those of `imports` that `file` may not have, as sentences. */
export function forbiddenImports(file: string, imports: readonly string[]): string[] {
  const rule = RULES.find(({ files }) => files.test(file))
  if (!rule) return [`${file} is in no room of the house: give it a rule in lab/checks/boundaries.ts`]
  const self = `${file.slice(0, file.lastIndexOf('/'))}/`
  return imports
    .filter((target) => {
      const own = target.startsWith(self) ? `SELF/${target.slice(self.length)}` : target
      return !rule.may.test(own) && !rule.may.test(target)
    })
    .map((target) => `${file} may not import ${target}`)
}
