#!/usr/bin/env python3
"""A chat in the terminal, over short polling, long polling, SSE or WebSocket.

    python3 docs/clients/chat.py sse http://localhost:3000 kitchen Ada

What is said in the room is printed, and each line that you type is said there. Ctrl-D ends it when
everything has been sent. It needs aiohttp (3.8) and websockets (10) or later; Debian has them as
python3-aiohttp and python3-websockets.

A transport is an asynchronous generator of pages over one connection. Coming back after a loss is
written once, in read_forever. docs/reference/protocol.md has the rules that both keep.
"""

import asyncio
import collections
import json
import os
import random
import re
import select
import sys
import threading
import time
import unicodedata
import uuid

import aiohttp
import websockets

POLL_S = 1.0  # short polling: from one answer to the next question
HOLD_S = 25  # long polling: how long the server may keep the question
SILENCE_S = 30  # a line on which nothing came for so long is dead: the server gives a sign every 15 s
BACKOFF_BASE_S, BACKOFF_CAP_S = 0.5, 15.0
RETRY_AFTER_CAP_S = 60  # the longest that a server's wish is heeded: one that says "in an hour" may be wrong
MIN_UPTIME_S = 5  # a connection must last this long before the next failure counts as the first
LARGEST_LINE = 2**20  # bytes: a page is one line of an event stream, and aiohttp's own limit is smaller


PASSING = (408, 425, 429)  # what an HTTP status below 500 says that may pass
# A frame's refusal has no status: these are the codes that may pass, and all others will not.
PASSING_CODES = {"too-many-requests", "internal", "stopping", "not-stored", "too-many-rooms"}


class Refused(Exception):
    """The server said no, and would say no again."""


class Passing(aiohttp.ClientError):
    """The server said not now, and perhaps for how long."""

    def __init__(self, message, retry_after_s=0):
        super().__init__(message)
        self.retry_after_s = retry_after_s


class HungUp(Exception):
    """What is printed is not read any more, as with `| head -1`."""


class Chat:
    """A reader's place in a room, and what was typed and not yet accepted."""

    def __init__(self, http, url, room, author):
        self.http, self.url, self.room, self.author = http, url.rstrip("/"), room, author
        self.cursor = None
        self.last_seq = 0
        self.unsent = collections.deque()
        self.changed = asyncio.Condition()

    def address(self, transport, path):
        return f"{self.url}/transports/{transport}/rooms/{self.room}/{path}"

    def place(self, **query):
        """The query of a request: after this place, and whatever else."""
        return query if self.cursor is None else {"since": self.cursor, **query}

    def take(self, page):
        """Prints what is new in a page. What comes twice is shown once."""
        if page["gap"]:
            note("some messages cannot be had any more")
            self.last_seq = 0
        for message in page["messages"]:
            if message["seq"] > self.last_seq:
                self.last_seq = message["seq"]
                show(f"{message['seq']} {message['author']}: {message['text']}")
        self.cursor = page["cursor"]

    async def write(self, text):
        draft = {"draftId": uuid.uuid4().hex, "author": self.author, "text": text}
        async with self.changed:
            self.unsent.append(draft)
            self.changed.notify_all()

    async def oldest_unsent(self, after=None):
        """The draft to send next, when there is one: never the one that is on its way."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.unsent and self.unsent[0] is not after)
            return self.unsent[0]

    async def answered(self, draft_id):
        """The server has this draft, or will never take it."""
        async with self.changed:
            if self.unsent and self.unsent[0]["draftId"] == draft_id:
                self.unsent.popleft()
            self.changed.notify_all()


# The transports.


async def short_polling(chat):
    while True:
        page = await ask(chat, "short-polling", chat.place())
        yield page
        if not page["more"]:
            await asyncio.sleep(POLL_S)


async def long_polling(chat):
    wait = 0  # the first question is answered at once: is anybody there?
    while True:
        yield await ask(chat, "long-polling", chat.place(wait=wait))
        wait = HOLD_S


async def sse(chat):
    address = chat.address("sse", "events")
    async with chat.http.get(address, params=chat.place()) as answer:
        await raise_for(answer)
        data = []
        async for line in answer.content:
            field, _, value = line.decode().rstrip("\r\n").partition(":")
            if field == "data":
                data.append(value.removeprefix(" "))
            elif field == "" and data and not value:  # an empty line ends an event; a comment does not
                yield json.loads("\n".join(data))
                data = []


async def websocket(chat):
    address = str(aiohttp.client.URL(chat.address("websocket", "socket")).with_query(chat.place()))
    async with websockets.connect(address.replace("http", "ws", 1)) as socket:
        sending = asyncio.create_task(send_by_frames(chat, socket))
        try:
            while True:
                frame = json.loads(await asyncio.wait_for(socket.recv(), SILENCE_S))
                if frame["type"] == "page":
                    yield frame["page"]
                elif frame["type"] == "accepted":
                    await chat.answered(frame["message"]["draftId"])
                elif frame["type"] == "rejected":
                    await rejected(chat, frame)
                elif frame["type"] == "error":
                    raise_for_frame(frame)
        finally:
            sending.cancel()


TRANSPORTS = {
    "short-polling": short_polling,
    "long-polling": long_polling,
    "sse": sse,
    "websocket": websocket,
}


async def ask(chat, transport, query):
    async with chat.http.get(chat.address(transport, "messages"), params=query) as answer:
        await raise_for(answer)
        return await answer.json()


# Coming back.


async def read_forever(transport, chat):
    attempt = 0
    while True:
        opened, asked = None, 0
        try:
            async for page in transport(chat):
                opened = opened or time.monotonic()
                chat.take(page)
            note("the server ended the connection")
        except (aiohttp.ClientError, websockets.WebSocketException, OSError, asyncio.TimeoutError) as error:
            if is_final(error):
                raise Refused(str(error)) from error
            asked = asked_s(error)
            note(f"the connection broke: {error!r}")
        if opened is not None and time.monotonic() - opened >= MIN_UPTIME_S:
            attempt = 0
        # Not before the server wants it, and then not all of its clients in the same instant.
        await asyncio.sleep(asked + backoff(attempt))
        attempt += 1


def backoff(attempt):
    """At random, so that those who lost the server together do not come back together."""
    return random.uniform(0, min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2**attempt))


def asked_s(error):
    """How long the server wants to be left alone (Retry-After, RFC 9110 section 10.2.3), in seconds; 0 if it says nothing."""
    asked = getattr(error, "retry_after_s", None)
    if asked is None:  # a refused handshake
        headers = getattr(error, "headers", None) or getattr(getattr(error, "response", None), "headers", None)
        asked = seconds_in(headers)
    is_number = isinstance(asked, (int, float)) and asked > 0
    return min(RETRY_AFTER_CAP_S, asked) if is_number else 0


def seconds_in(headers):
    """Its other form, a date, would need our clock to agree with theirs."""
    value = (headers or {}).get("Retry-After") or ""
    return int(value) if re.fullmatch("[0-9]{1,6}", value) else 0


def is_final(error):
    """Whether a handshake was refused in a way that trying again does not change."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", 0)
    return 400 <= status < 500 and status not in PASSING


async def raise_for(answer):
    if answer.status < 400:
        return
    text = await answer.text()
    if answer.status < 500 and answer.status not in PASSING:
        raise Refused(text)
    raise Passing(f"HTTP {answer.status}: {text}", seconds_in(answer.headers))


def raise_for_frame(frame):
    if frame["code"] not in PASSING_CODES:
        raise Refused(frame["message"])
    raise Passing(frame["message"], frame.get("retryAfterS", 0))


# Sending: one draft at a time, and the same draft again when the answer was lost.


async def send_by_posts(chat, transport):
    attempt = 0
    while True:
        draft = await chat.oldest_unsent()
        try:
            async with chat.http.post(chat.address(transport, "messages"), json=draft) as answer:
                await raise_for(answer)
        except Refused as refused:
            note(f"refused: {refused}")
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as error:
            await asyncio.sleep(asked_s(error) + backoff(attempt))
            attempt += 1
            continue
        attempt = 0
        await chat.answered(draft["draftId"])


async def send_by_frames(chat, socket):
    draft = None
    while True:
        draft = await chat.oldest_unsent(after=draft)
        await socket.send(json.dumps({"type": "send", "draft": draft}))


async def rejected(chat, frame):
    try:
        raise_for_frame(frame)  # what may be sent again goes out by the next connection
    except Refused as refused:
        note(f"refused: {refused}")
    await chat.answered(frame["draftId"])


# The terminal.


# Control and format characters, line and paragraph separators, halves of characters: to a terminal these are orders,
# a line that another program wrote, or nothing that it could show.
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def visible(text):
    """What other people wrote, as one line that can do nothing to the terminal: `\\n` in place of a line break."""
    return "".join(escaped(one) if unicodedata.category(one) in UNSEEN else one for one in text)


def escaped(one):
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(one) or f"\\u{ord(one):04x}"


def show(line):
    try:
        print(visible(line), flush=True)
    except OSError as error:  # of the output, and not of the connection
        raise HungUp from error


def plain(sentence):
    """What the server says of itself, without the isolates around names (U+2068, U+2069), which a terminal does not know."""
    return visible(sentence.replace("\u2068", "").replace("\u2069", ""))


def note(text):
    try:
        print(f"-- {plain(text)}", file=sys.stderr, flush=True)
    except OSError:
        pass  # the reader of our notes has gone, and that is no reason to end


def settle_streams():
    """A character that the terminal does not have becomes a question mark, and does not end the program."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")


async def output_closed():
    """Raises HungUp when the reader of a pipe has gone, even if there is nothing to print."""
    closed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch():  # in a thread, since asking waits
        poll = select.poll()
        poll.register(sys.stdout, 0)  # errors and a hang-up are told unasked
        poll.poll()
        loop.call_soon_threadsafe(closed.set)

    if hasattr(select, "poll"):  # Windows has none: there, the next line finds out
        threading.Thread(target=watch, daemon=True).start()
    await closed.wait()
    raise HungUp


async def read_keyboard(chat):
    """Resolves at the end of the input, when all of it has been sent."""
    loop = asyncio.get_running_loop()
    lines = asyncio.Queue()

    def read():  # in a thread, since reading a terminal waits
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        if line:
            await chat.write(line)
    async with chat.changed:
        await chat.changed.wait_for(lambda: not chat.unsent)


async def main(transport, url, room, author):
    # No limit on the whole of an answer, since a stream has no end; but one on silence.
    limits = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE_S)
    async with aiohttp.ClientSession(timeout=limits, read_bufsize=LARGEST_LINE) as http:
        chat = Chat(http, url, room, author)
        tasks = [read_forever(TRANSPORTS[transport], chat), read_keyboard(chat), output_closed()]
        if transport != "websocket":  # a WebSocket carries both ways
            tasks.append(send_by_posts(chat, transport))
        tasks = [asyncio.ensure_future(task) for task in tasks]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        done.pop().result()


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in TRANSPORTS:
        sys.exit(f"usage: chat.py {'|'.join(TRANSPORTS)} URL ROOM NAME")
    settle_streams()
    try:
        asyncio.run(main(*sys.argv[1:]))
    except HungUp:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
    except Refused as refused:
        sys.exit(f"the server refused: {plain(str(refused))}")
    except KeyboardInterrupt:
        pass
