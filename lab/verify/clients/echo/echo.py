"""Debian's python3-websockets against an echo: prints a line for each thing that went well, and fails otherwise."""

import asyncio
import os
import sys

import websockets

MIB = 1024 * 1024
LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 4 * MIB]


async def main(url):
    async with websockets.connect(url, max_size=None, compression=None) as socket:
        for length in LENGTHS:
            data = os.urandom(length)
            await socket.send(data)
            assert await socket.recv() == data, f"binary of {length}"
            text = "é🦊x"[: length % 4] + "x" * length
            await socket.send(text)
            assert await socket.recv() == text, f"text of {length}"
        print("lengths", len(LENGTHS))

        await socket.send(["Hel", "", "lo"])
        assert await socket.recv() == "Hello"
        print("fragments")

        await asyncio.wait_for(await socket.ping(b"\x00ping"), 5)
        print("ping")

        for number in range(1_000):
            await socket.send(str(number))
        got = [await socket.recv() for _ in range(1_000)]
        assert got == [str(number) for number in range(1_000)]
        print("order")

        await socket.close(4321, "bye")
        print("closed", socket.close_code, socket.close_reason)

    # A compressed connection is offered, and not agreed on.
    async with websockets.connect(url) as socket:
        print("extensions", len(socket.extensions))

    async with websockets.connect(url, subprotocols=["chat.v2", "chat.v1"]) as socket:
        print("subprotocol", socket.subprotocol)


asyncio.run(asyncio.wait_for(main(sys.argv[1]), 60))
