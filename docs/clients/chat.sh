#!/bin/sh
# A chat in the terminal with nothing but curl, over the three transports that curl can speak.
#
#     sh docs/clients/chat.sh sse http://localhost:3000 kitchen Ada
#
# Pages are printed as they come, as JSON, one per line: a shell has no way to take them apart. Each line
# that you type is said. Ctrl-D ends it.
set -u

case ${1-} in short-polling | long-polling | sse) ;; *) set -- ;; esac
if [ $# -ne 4 ]; then
  echo 'usage: chat.sh short-polling|long-polling|sse URL ROOM NAME' >&2
  exit 2
fi
transport=$1 room=$2/transports/$1/rooms/$3 author=$4
HOLD_S=25 # long polling: how long the server may keep the question
CAP_S=15  # the longest wait before trying again

# The place in the log, in a file: what a pipe's end sets in a variable is forgotten with it.
place=$(mktemp)
trap 'rm -f "$place"' EXIT
trap 'exit 1' INT TERM

# Prints the address of a question: after the last page's cursor, if there was one.
since() {
  cursor=$(cat "$place")
  printf '%s?%s%s' "$room/$1" "${cursor:+since=$cursor&}" "${2-}"
}

# Prints a page, and then keeps its cursor. Quotes inside of a text are escaped, so a key that stands in
# bare quotes is a key; the last one is the page's.
take() {
  printf '%s\n' "$1"
  printf '%s\n' "$1" | sed -n 's/.*"cursor":"\([^"]*\)".*/\1/p' > "$place"
}

# Each of these reads until the connection breaks, and is successful if it brought anything at all.
short_polling() {
  ask=''
  while page=$(curl -sf --max-time 30 "$(since messages)"); do
    take "$page" && ask=answered
    case $page in *'"more":true}') ;; *) sleep 1 ;; esac
  done
  [ "$ask" ]
}
long_polling() {
  ask='' hold=0 # the first question is answered at once: is anybody there?
  while page=$(curl -sf --max-time $((HOLD_S + 5)) "$(since messages "wait=$hold")"); do
    take "$page" && ask=answered hold=$HOLD_S
  done
  [ "$ask" ]
}
sse() {
  # -N: each line at once. The kernel looks after half a minute of silence whether anybody is there.
  curl -sfN --keepalive-time 30 "$(since events)" | {
    ask=''
    while IFS= read -r line; do
      case $line in 'data: '*) take "${line#data: }" && ask=answered ;; esac
    done
    [ "$ask" ]
  }
}

# Waits for a random time up to a bound, so that those who lost the server together do not come back together.
pause() {
  sleep "$(awk -v bound="$1" -v seed="$$$(date +%s)" 'BEGIN { srand(seed % 2147483647); print rand() * bound }')"
}
double() { echo $(($1 * 2 < CAP_S ? $1 * 2 : CAP_S)); }

keep_reading() {
  bound=1
  while :; do
    if "$1"; then bound=1; fi
    pause "$bound"
    bound=$(double "$bound")
  done
}

# Says a line, and says it again until it is answered: the draft has a name of its own, and stays one message.
say() {
  id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  draft=$(printf '{"draftId":"%s","author":"%s","text":"%s"}' "$id" "$(escape "$author")" "$(escape "$1")")
  wait=1
  while :; do
    status=$(printf '%s' "$draft" | curl -s -o /dev/null -w '%{http_code}' --max-time 10 \
      -H 'Content-Type: application/json' --data-binary @- "$room/messages")
    case $status in
      201) return ;;
      000 | 408 | 425 | 429 | 5??) pause "$wait" && wait=$(double "$wait") ;;
      *) echo "-- refused with $status: $1" >&2 && return ;;
    esac
  done
}
escape() { printf '%s' "$1" | sed 's/[\"]/\\&/g' | tr '\t' ' '; }

keep_reading "$(echo "$transport" | tr - _)" &
reader=$!
# A curl that is still waiting for an answer ends with that answer.
trap 'kill $reader 2> /dev/null; rm -f "$place"' EXIT
while IFS= read -r line; do
  [ "$line" ] && say "$line"
done
