#!/bin/sh
# tsx compiles with esbuild's keepNames: each function that is made gets its name by a property definition of its own,
# at run time, whenever it is made. So a closure per connection is several times as large as the same code run plain,
# and what is measured under the loader is not what a build would do.
#
# Seen with tsx 4.23.15 (esbuild 0.28).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"type":"module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts tsx@4.23.15 || exit 2
cat > closures.ts <<'TS'
const COUNT = 200_000

/** Three closures over one value, as an open connection has them. */
function connect(id) {
  const write = () => id
  const close = () => -id
  const beat = () => id + 1
  return { write, close, beat }
}

globalThis.gc()
const before = process.memoryUsage().heapUsed
const open = Array.from({ length: COUNT }, (_, id) => connect(id))
globalThis.gc()
const bytes = (process.memoryUsage().heapUsed - before) / COUNT
console.log(Math.round(bytes) + (open.length === COUNT ? 0 : 1))
TS
cp closures.ts closures.mjs
plain=$(node --expose-gc closures.mjs)
loaded=$(node --expose-gc --import tsx closures.ts)
echo "bytes for three closures and their object: plain $plain, through tsx $loaded"
if [ "$loaded" -ge $((plain * 2)) ]; then
  echo 'As found: at least twice as large through the loader.'
else
  echo 'This has changed.'
  exit 1
fi
# Output seen on 2026-11-29, with Node 20.20.2:
#   bytes for three closures and their object: plain 264, through tsx 1032
