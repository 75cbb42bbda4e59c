#!/bin/sh
# A chat in the terminal with nothing but curl, over the three transports that curl can speak.
#
#     sh docs/clients/chat.sh sse http://localhost:3000 kitchen Ada
#
# Pages are printed as they come, as JSON, one per line: a shell has no way to take them apart. What would act on
# the terminal is printed as JSON's own escapes. Each line that you type is said. Ctrl-D ends it.
set -u

case ${1-} in short-polling | long-polling | sse) ;; *) set -- ;; esac
if [ $# -ne 4 ]; then
  echo 'usage: chat.sh short-polling|long-polling|sse URL ROOM NAME' >&2
  exit 2
fi
transport=$1 room=$2/transports/$1/rooms/$3 author=$4
HOLD_S=25 # long polling: how long the server may keep the question
CAP_S=15  # the longest wait before trying again, unless the server asks for more
RETRY_AFTER_CAP_S=60 # and the longest that it is heeded: one that says "in an hour" may be wrong

# The place in the log, in a file: what a pipe's end sets in a variable is forgotten with it.
place=$(mktemp)
# The headers of the last answer to the reader, and to the writer.
read_headers=$(mktemp) said_headers=$(mktemp)
files="$place $read_headers $said_headers"
trap 'rm -f $files' EXIT
trap 'exit 1' INT TERM
trap 'exit 0' USR1 # from the reader: what is printed is not read any more

# Prints the address of a question: after the last page's cursor, if there was one.
since() {
  cursor=$(cat "$place")
  printf '%s?%s%s' "$room/$1" "${cursor:+since=$cursor&}" "${2-}"
}

# Prints a page, and then keeps its cursor. Quotes inside of a text are escaped, so a key that stands in
# bare quotes is a key; the last one is the page's.
take() {
  printf '%s\n' "$1" | visible 2> /dev/null || hang_up
  printf '%s\n' "$1" | sed -n 's/.*"cursor":"\([^"]*\)".*/\1/p' > "$place"
}

# The output is closed, as with `| head -1`: the end, without a word.
hang_up() { kill -USR1 $$ && exit 0; }

# JSON has escaped all control characters but DEL and those of Latin-1 (C1). These are escaped here, and what is drawn
# as nothing or turns the text around: format characters, the separators of lines and paragraphs. Where the terminal
# does not take UTF-8, all that is not ASCII is. It is JSON as before; only how it is written has changed.
visible() {
  LC_ALL=C awk -v orders="$orders" '
    BEGIN { for (i = 1; i < 256; i++) byte[sprintf("%c", i)] = i }
    function lengthOf(lead) { return lead < 192 ? 1 : lead < 224 ? 2 : lead < 240 ? 3 : 4 } # RFC 3629 section 3
    function code(sequence,    i, value) {
      value = byte[substr(sequence, 1, 1)]
      if (length(sequence) > 1) value %= 2 ^ (7 - length(sequence))
      for (i = 2; i <= length(sequence); i++) value = value * 64 + byte[substr(sequence, i, 1)] % 64
      return value
    }
    function escape(value) { # beyond 65535 by a pair (RFC 8259 section 7)
      if (value < 65536) return sprintf("\\u%04x", value)
      value -= 65536
      return sprintf("\\u%04x\\u%04x", 55296 + int(value / 1024), 56320 + value % 1024)
    }
    {
      count = split($0, between, orders)
      place = 1
      for (i = 1; i < count; i++) {
        place += length(between[i])
        size = lengthOf(byte[substr($0, place, 1)])
        printf "%s%s", between[i], escape(code(substr($0, place, size)))
        place += size
      }
      print between[count]
    }'
}
case $(locale charmap 2> /dev/null) in
  UTF-8) # by their bytes, in the order of their numbers (the Unicode categories Cc, Cf, Zl and Zp)
    orders='\177|\302[\200-\237\255]|\330[\200-\205\234]|\333\235|\334\217|\340\242[\220\221]|\340\243\242|\341\240\216'
    orders=$orders'|\342\200[\213-\217\250-\256]|\342\201[\240-\257]|\357\273\277|\357\277[\271-\273]'
    orders=$orders'|\360\221\202\275|\360\221\203\215|\360\223\220[\260-\277]|\360\233\262[\240-\243]'
    orders=$orders'|\360\235\205[\263-\272]|\363\240[\200\201][\200-\277]' ;;
  *) orders='\177|[\300-\377][\200-\277]+' ;;
esac

# Each of these reads until the connection breaks, and is successful if it brought anything at all.
short_polling() {
  ask=''
  while page=$(curl -sf -D "$read_headers" --max-time 30 "$(since messages)"); do
    take "$page" && ask=answered
    case $page in *'"more":true}') ;; *) sleep 1 ;; esac
  done
  [ "$ask" ]
}
long_polling() {
  ask='' hold=0 # the first question is answered at once: is anybody there?
  while page=$(curl -sf -D "$read_headers" --max-time $((HOLD_S + 5)) "$(since messages "wait=$hold")"); do
    take "$page" && ask=answered hold=$HOLD_S
  done
  [ "$ask" ]
}
sse() {
  # -N: each line at once. The kernel looks after half a minute of silence whether anybody is there.
  curl -sfN -D "$read_headers" --keepalive-time 30 "$(since events)" | {
    ask=''
    while IFS= read -r line; do
      case $line in 'data: '*) take "${line#data: }" && ask=answered ;; esac
    done
    [ "$ask" ]
  }
}

# Waits for as long as the headers in a file ask for, and then for a random time up to a bound, so that those who lost
# the server together do not come back together.
pause() {
  sleep "$(awk -v asked="$(asked "$2")" -v bound="$1" -v seed="$$$(date +%s)" \
    'BEGIN { srand(seed % 2147483647); print asked + rand() * bound }')"
}
# The seconds of Retry-After (RFC 9110 section 10.2.3). Its other form, a date, would need our clock to agree with theirs.
asked() {
  seconds=$(tr -d '\r' < "$1" | sed -n 's/^[Rr][Ee][Tt][Rr][Yy]-[Aa][Ff][Tt][Ee][Rr]: *0*\([0-9]\{1,6\}\)$/\1/p' | tail -n 1)
  : > "$1" # heeded once: a request that gets no answer leaves the file as it is
  [ "${seconds:=0}" -le "$RETRY_AFTER_CAP_S" ] || seconds=$RETRY_AFTER_CAP_S
  echo "$seconds"
}
double() { echo $(($1 * 2 < CAP_S ? $1 * 2 : CAP_S)); }

keep_reading() {
  bound=1
  while :; do
    if "$1"; then bound=1; fi
    pause "$bound" "$read_headers"
    bound=$(double "$bound")
  done
}

# Says a line, and says it again until it is answered: the draft has a name of its own, and stays one message.
say() {
  id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  draft=$(printf '{"draftId":"%s","author":"%s","text":"%s"}' "$id" "$(escape "$author")" "$(escape "$1")")
  wait=1
  while :; do
    status=$(printf '%s' "$draft" | curl -s -o /dev/null -D "$said_headers" -w '%{http_code}' --max-time 10 \
      -H 'Content-Type: application/json' --data-binary @- "$room/messages")
    case $status in
      201) return ;;
      000 | 408 | 425 | 429 | 5??) pause "$wait" "$said_headers" && wait=$(double "$wait") ;;
      *) printf '%s\n' "-- refused with $status: $1" | visible >&2 && return ;;
    esac
  done
}
escape() { printf '%s' "$1" | sed 's/[\"]/\\&/g' | tr '\t' ' '; }

keep_reading "$(echo "$transport" | tr - _)" &
reader=$!
# A curl that is still waiting for an answer ends with that answer.
trap 'kill $reader 2> /dev/null; rm -f $files' EXIT
while IFS= read -r line; do
  [ "$line" ] && say "$line"
done
