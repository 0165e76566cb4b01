"""The socket on which the engine speaks to us: four connections, one request after the other."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from google.protobuf.message import DecodeError

from pengcheng.domains.ledger.ops.node.application import Application, Disk
from pengcheng.domains.ledger.ops.node.messages import LARGEST, Request, framed

log = logging.getLogger(__name__)


class StreamError(ValueError):
    """What came is no stream of messages."""


async def serve(address: str, folder: Path, ready: asyncio.Event | None = None) -> None:
    """Until cancelled. ``address``: tcp://host:port or unix:///path, as the engine writes it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    application = Application(Disk(folder / "node.sqlite3"))
    turn = asyncio.Lock()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _conversation(application, turn, reader, writer)
        except (StreamError, DecodeError, ConnectionError) as error:
            log.warning("the engine's connection ended: %s", error)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await _listening(address, speak)
    async with server:
        if ready is not None:
            ready.set()
        try:
            await server.serve_forever()
        finally:
            application.disk.close()


async def _listening(address: str, speak: object) -> asyncio.Server:
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        return await asyncio.start_unix_server(speak, rest)  # type: ignore[arg-type]
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not port.isdigit():
        raise ValueError(f"{address}: write tcp://127.0.0.1:26658 or unix:///path")
    return await asyncio.start_server(speak, host, int(port))  # type: ignore[arg-type]


async def _conversation(
    application: Application,
    turn: asyncio.Lock,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    while True:
        body = await _read(reader)
        request = Request.FromString(body)
        async with turn:
            response = application.answer(request)
        writer.write(framed(response))
        if request.WhichOneof("value") == "flush" or response.WhichOneof("value") == "exception":
            await writer.drain()


async def _read(reader: asyncio.StreamReader) -> bytes:
    length = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if shift > 28:
            raise StreamError("a length is too long")
    if length > LARGEST:
        raise StreamError("a message is too large")
    return await reader.readexactly(length)
