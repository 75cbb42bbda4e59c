// @ts-check
/**
 * The compiled form of a command, kept under `build/compiled` until its source changes.
 *
 * A folder there is named by all that it was made of: the text of each source, the compiler and its settings, the
 * checkout's place. So what is found under that name is right, whichever start made it; and it gets its name when it is
 * whole, so that two starts at once, or one that is killed, leave nothing that is half made.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { BUILD_VARIABLE, ownFolder, whyNotOurs, whyNotWritable } from './place.js'

const root = resolve(import.meta.dirname, '../../..')

/** Where a source may lie that a command imports. */
const SOURCES = ['lab', 'transports', 'benchmarks', 'docs/site']
/** What else decides what is made: how names are resolved, and by what. */
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'node_modules/esbuild/package.json']

/** So many versions of a command stay, those last started: one may still run from each. */
const KEPT = 8
/** What a build that was killed has left is removed after this. */
const LEFT_AFTER_MS = 10 * 60_000
const MAKING = '.making-'

/** @type {Map<string, Promise<string>>} */
const known = new Map()

/**
 * Compiles the command, unless that has been done. For this process it is done once: what runs for an hour and starts
 * others meanwhile, as the benchmark does, starts the same each time.
 *
 * @param {string} entry the command's file, by its path from the root: `lab/app/main.ts`
 * @returns {Promise<string>} the file to run
 * @throws {import('./compile.js').CompileError}
 */
export function compiled(entry) {
  const file = known.get(entry) ?? find(entry)
  known.set(entry, file)
  return file
}

/** @param {string} entry */
async function find(entry) {
  const kind = entry.replace(/\.ts$/, '').replaceAll('/', '-')
  const name = `${kind}-${fingerprint(entry)}`
  const file = `${basename(entry, '.ts')}.js`
  const made = placesToLook()
    .map((folder) => join(folder, 'compiled', name))
    .find((folder) => existsSync(join(folder, file)))
  if (made !== undefined) {
    touch(made)
    return join(made, file)
  }
  const all = placeToMake()
  const { compile } = await import('./compile.js') // here: most starts need no compiler
  const target = join(all, name)
  keep(await compile(root, entry, target), target)
  forgetOthers(all, kind, name)
  return join(target, file)
}

/**
 * @param {string} entry
 * @returns {string} of all that decides what is made
 */
export function fingerprint(entry) {
  const hash = createHash('sha256')
  const add = (/** @type {string | Buffer} */ text) => hash.update(`${text.length}\n`).update(text)
  for (const text of [entry, root, process.versions.node, ...process.execArgv]) add(text)
  for (const file of [...SETTINGS, ...sources()]) {
    add(file)
    add(bytesOf(join(root, file)))
  }
  return hash.digest('hex').slice(0, 20)
}

/** Each source that a command may be made of, by its path from the root; tests are no part of one. */
export function sources() {
  return SOURCES.flatMap(filesIn)
    .filter((path) => /(?<!\.test)\.ts$/.test(path) || path.startsWith(join('lab', 'command', 'compiled')))
    .sort()
}

/**
 * By hand: Node's own `recursive` took three times as long, which was a twentieth of a start.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

/** @param {string} file */
function bytesOf(file) {
  try {
    return readFileSync(file)
  } catch {
    return '' // one of the settings that is not there
  }
}

const usual = join(root, 'build')
const asked = process.env[BUILD_VARIABLE]

/** One may have been made before for an installation that cannot be written: it is only read. */
function placesToLook() {
  if (asked) return [resolve(asked)]
  const own = ownFolder(usual)
  return existsSync(own) && whyNotOurs(own) === null ? [usual, own] : [usual]
}

/**
 * Says nothing when none can be written: the command itself does, and by what name another is to be given. Until then it
 * runs from a folder that is removed at its end.
 */
function placeToMake() {
  const places = asked ? [resolve(asked)] : [usual, ownFolder(usual)]
  for (const place of places) {
    const all = join(place, 'compiled')
    if (whyNotWritable(place) !== null || (place === ownFolder(usual) && whyNotOurs(place) !== null)) continue
    if (whyNotWritable(all) === null) return all
  }
  const folder = mkdtempSync(join(tmpdir(), 'transport-lab-compiled-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * @param {import('esbuild').OutputFile[]} files
 * @param {string} target
 */
function keep(files, target) {
  const making = mkdtempSync(join(target, '..', MAKING))
  // Node looks for packages in the folders above, and this one may lie outside of the checkout.
  symlinkSync(join(root, 'node_modules'), join(making, 'node_modules'), 'junction')
  for (const { path, contents } of files) writeToDisk(join(making, basename(path)), contents)
  try {
    renameSync(making, target)
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    if (!existsSync(target)) throw error // else another start was faster, and has made the same
  }
}

/**
 * A power cut leaves a file that was renamed and not synced empty, and it would stay so under a name that says it is right.
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 */
function writeToDisk(path, bytes) {
  const file = openSync(path, 'w')
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Removes what was made of older sources, but for the versions that were started last.
 *
 * @param {string} all
 * @param {string} kind
 * @param {string} own
 */
function forgetOthers(all, kind, own) {
  const names = readdirSync(all)
  const isVersion = new RegExp(`^${kind}-[0-9a-f]{20}$`)
  const versions = names.filter((name) => isVersion.test(name) && name !== own)
  const old = versions.sort((one, other) => usedAt(join(all, other)) - usedAt(join(all, one))).slice(KEPT - 1)
  const left = names.filter(
    (name) => name.startsWith(MAKING) && usedAt(join(all, name)) < Date.now() - LEFT_AFTER_MS,
  )
  for (const name of [...old, ...left]) rmSync(join(all, name), { recursive: true, force: true })
}

/** @param {string} folder */
const usedAt = (folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** @param {string} folder */
function touch(folder) {
  try {
    utimesSync(folder, new Date(), new Date())
  } catch {
    // it is another user's, and only read
  }
}
