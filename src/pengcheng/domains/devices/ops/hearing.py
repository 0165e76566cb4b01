"""What stands behind the MQTT listener: who is admitted, and what each topic means."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import mqtt5
import orjson

from pengcheng.domains.devices.contracts import CommandState, NewDevice, Reading, Taken
from pengcheng.domains.devices.ops import commanding, crew, registry
from pengcheng.domains.devices.ops.bodies import readings_of, senml_readings
from pengcheng.domains.devices.ops.bridging import Bridging
from pengcheng.domains.devices.ops.crew import Crew
from pengcheng.domains.devices.ops.directory import Known, child_name
from pengcheng.domains.devices.ops.intake import Full, Intake
from pengcheng.domains.devices.ops.things import THINGS, Things
from pengcheng.domains.devices.ops.updating import Updating
from pengcheng.domains.devices.rules import firmware, homeassistant, plain
from pengcheng.domains.devices.rules import thingsboard as tb
from pengcheng.kernel import clock
from pengcheng.kernel.context import system_context
from pengcheng.kit import senml
from pengcheng.kit.mqtt.listener import NOT_NOW, REFUSED, STORED, Bucket, Connection
from pengcheng.kit.sparkplug import births

Reason = mqtt5.ConnAckReasonCode
Done = Callable[[int], None]
MALFORMED = 153  # payload format invalid
log = logging.getLogger(__name__)


class House:
    """Takes what devices say to the intake, and what the city says to devices."""

    def __init__(self, intake: Intake, crew: Crew) -> None:
        self.intake = intake
        self.directory = intake.directory
        self.crew = crew
        self.lines: dict[str, Connection] = {}
        self.bridging = Bridging(self)
        self.updating = Updating(self)
        self.things: Things | None = None  # SensorThings, where it is spoken
        self._buckets: dict[str, Bucket] = {}
        self._sent: dict[str, Any] = {}  # commands under way on a line
        self._adopting: dict[tuple[str, str], list[Callable[[Known | None], None]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- who comes -----------------------------------------------------------------------

    async def admit(self, connect: Any, connection: Connection) -> Any:
        known = self._recognised(connect, connection) or self._visitor(connect)
        if known is None:
            await self.crew.refresh()  # it may have been registered a moment ago
            known = self._recognised(connect, connection)
        if known is None:
            return Reason.BAD_USER_NAME_OR_PASSWORD
        old = self.lines.get(known.id)
        if old is not None:
            old.leave(mqtt5.DisconnectReasonCode.SESSION_TAKEN_OVER)
        self.lines[known.id] = connection
        known.told = None
        crew.connected(known)
        return known

    def _recognised(self, connect: Any, connection: Connection) -> Known | None:
        """By certificate, or by a token in the name (as ThingsBoard has it) or the password."""
        if connection.certificate is not None:
            mark = hashlib.sha256(connection.certificate).hexdigest()
            known = self.directory.by_mark("fingerprint", mark)
            if known is not None:
                return known
        password = (connect.password or b"").decode("utf-8", "replace")
        for token in (connect.username or "", password):
            known = self.directory.by_token(token) if token else None
            if known is not None:
                return known
        return None

    def _visitor(self, connect: Any) -> Known | None:
        """A program that comes for SensorThings."""
        password = (connect.password or b"").decode("utf-8", "replace")
        return self.things.admit(password or connect.username or "") if self.things else None

    def gone(self, guest: Known, connection: Connection, will: Any) -> None:
        crew.parted(guest)
        if will is not None and self.may_say(guest, will.topic):
            self.heard(guest, will.topic, will.payload or b"", _nobody)
        lost = [each for each in self._sent.values() if self._through(each.device) == guest.id]
        for each in lost:  # not acknowledged: sent again when it is back
            self._sent.pop(each.id, None)
            self.later(self.crew.move(each.id, "queued"))
        if self.lines.get(guest.id) is connection:
            del self.lines[guest.id]

    def _through(self, device: str) -> str:
        """On whose line a device is spoken to."""
        known = self.directory.by_id.get(device)
        return known.parent if known is not None and known.parent in self.lines else device

    # -- rights --------------------------------------------------------------------------

    def may_say(self, guest: Known, topic: str) -> bool:
        if topic.startswith(THINGS) and self.things is not None:
            return self.things.may_say(guest, topic)
        if guest.visitor:
            return False
        if topic.startswith(("v1/", tb.FIRMWARE)):
            return tb.may_say(topic, gateway=guest.gateway)
        if topic.startswith(f"devices/{guest.name}/"):
            return True
        found = births.topic_of(topic)
        if found is not None:
            return found.node == guest.name
        return guest.gateway and not topic.startswith(("devices/", births.NAMESPACE, "$"))

    def may_hear(self, guest: Known, pattern: str) -> bool:
        if pattern.startswith(THINGS) and self.things is not None:
            return self.things.may_hear(guest, pattern)
        if guest.visitor:
            return False
        if pattern.startswith(("v1/", tb.FIRMWARE)):
            return tb.may_hear(pattern, gateway=guest.gateway)
        if pattern.startswith(births.NAMESPACE):
            parts = pattern.split("/")
            host = len(parts) == 3 and parts[1] == "STATE"
            own = len(parts) in {4, 5} and parts[2] in {"NCMD", "DCMD"} and parts[3] == guest.name
            return host or own
        return pattern.startswith(f"devices/{guest.name}/") or pattern == homeassistant.STATUS

    # -- what is said --------------------------------------------------------------------

    def heard(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        try:
            self._heard(guest, topic, payload, done)
        except (plain.Unreadable, senml.SenmlError, ValueError, RecursionError) as reason:
            guest.flaws.append(
                {
                    "at": clock.now().isoformat(),
                    "key": topic[:60],
                    "code": "unreadable",
                    "value": str(reason)[:60],
                }
            )
            guest.refused += 1
            guest.dirty = True
            done(MALFORMED)

    def _heard(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        if topic.startswith(THINGS) and self.things is not None:
            self.later(self.things.heard(guest, topic, payload, done))
        elif topic in {tb.TELEMETRY, tb.ATTRIBUTES}:
            self.give(guest, readings_of(guest, orjson.loads(payload)), done)
        elif topic.startswith("v1/devices/me/"):
            self._asked(guest, topic, payload, done)
        elif topic.startswith(tb.FIRMWARE):
            self.updating.asked(guest, topic, payload, done)
        elif topic.startswith(tb.GATEWAY):
            self._gateway(guest, topic, payload, done)
        elif topic.startswith(f"devices/{guest.name}/"):
            self._own(guest, topic, payload, done)
        elif topic.startswith(births.NAMESPACE):
            self.bridging.sparkplug(guest, topic, payload, done)
        else:
            self.bridging.foreign(guest, topic, payload, done)

    def give(self, known: Known, readings: Sequence[Reading], done: Done) -> None:
        facts, rest = firmware.split(readings)
        if facts:
            self.updating.give(known, facts, rest, done)
            return
        self.intake.give(known, rest, partial(_answer, done), door="mqtt")

    def _own(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        rest = topic.removeprefix(f"devices/{guest.name}/")
        if rest == "senml":
            self.give(guest, senml_readings(payload), done)
        elif rest.startswith("commands/") and rest.endswith("/result"):
            self._result(guest, int(rest.split("/")[1]), payload, done)
        else:
            self.give(guest, readings_of(guest, orjson.loads(payload)), done)

    def _asked(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        number = tb.numbered(topic, tb.RESPONSE)
        if number is not None:
            self._result(guest, number, payload, done)
            return
        number = tb.numbered(topic, tb.ASK)
        if number is not None:
            wanted = orjson.loads(payload or b"{}").get("sharedKeys", "")
            names = wanted.split(",") if wanted else list(guest.shared)
            shared = {name: guest.shared[name] for name in names if name in guest.shared}
            line = self.lines.get(guest.id)
            if line is not None:
                body = orjson.dumps({"client": {}, "shared": shared})
                line.say(f"{tb.ANSWER}{number}", body)
            done(STORED)
            return
        done(REFUSED)

    def _result(self, guest: Known, number: int, payload: bytes, done: Done) -> None:
        """A command's answer is acknowledged when it is written down."""
        try:
            failed = tb.failed(orjson.loads(payload))
        except ValueError:
            failed = False
        text = payload.decode("utf-8", "replace")

        async def write() -> None:
            try:
                await self.crew.run(
                    commanding.answered, guest.id, number, failed=failed, result=text
                )
                done(STORED)
            except Exception:
                log.exception("an answer of %s was not kept", guest.name)
                done(NOT_NOW)

        self.later(write())

    # -- gateways ------------------------------------------------------------------------

    def _gateway(self, guest: Known, topic: str, payload: bytes, done: Done) -> None:
        document = orjson.loads(payload)
        kind = topic.removeprefix(tb.GATEWAY)
        if kind == "telemetry":
            self.spread(guest, tb.gateway_telemetry(document), done)
        elif kind == "attributes":
            self.spread(guest, tb.gateway_attributes(document), done)
        elif kind in {"connect", "disconnect"}:
            self._child(guest, document, done, here=kind == "connect")
        elif kind == "rpc":
            child = self.directory.behind(guest, str(document.get("device", "")))
            if child is None or not isinstance(document.get("id"), int):
                done(REFUSED)
            else:
                self._result(child, document["id"], orjson.dumps(document.get("data")), done)
        else:
            done(REFUSED)

    def _child(self, guest: Known, document: Any, done: Done, *, here: bool) -> None:
        name = str(document.get("device", "")) if isinstance(document, dict) else ""
        if not name:
            done(MALFORMED)
            return

        def found(child: Known | None) -> None:
            if child is None:
                done(REFUSED)
                return
            (crew.connected if here else crew.parted)(child)
            done(STORED)

        self.child(guest, name, found)

    def spread(self, guest: Known, said: Sequence[tb.Said], done: Done) -> None:
        """One message about several devices is acknowledged when the last of it is kept."""
        left, worst = len(said), STORED

        def one(code: int) -> None:
            nonlocal left, worst
            left, worst = left - 1, max(worst, code)
            if not left:
                done(worst)

        if not said:
            done(STORED)
        for each in said:
            self.child(guest, each.device, partial(self._spread, each.readings, one))

    async def spread_all(self, guest: Known, said: Sequence[tb.Said]) -> int:
        """The same for whoever waits for it."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.spread(guest, said, future.set_result)
        return await future

    def bucket(self, known: Known) -> Bucket:
        """One allowance a device, whichever door it takes."""
        found = self._buckets.get(known.id)
        if found is None or found.rate != known.rate:
            found = self._buckets[known.id] = Bucket(known.rate, known.rate * 2.0)
        return found

    def _spread(self, readings: list[Reading], done: Done, child: Known | None) -> None:
        if child is None:
            done(REFUSED)
        else:
            self.give(child, readings, done)

    def child(self, guest: Known, name: str, then: Callable[[Known | None], None]) -> None:
        """The device behind a gateway; one that is not known yet is registered."""
        known = self.directory.behind(guest, name)
        if known is not None:
            then(known)
            return
        waiting = self._adopting.setdefault((guest.id, name), [])
        waiting.append(then)
        if len(waiting) == 1:
            self.later(self._adopt(guest, name))

    async def _adopt(self, guest: Known, name: str) -> None:
        found = None
        try:
            new = NewDevice(
                name=child_name(guest, name), title=name[:120], profile=guest.profile.id
            )
            await self.crew.run(registry.save, system_context("devices"), [new], parent=guest.id)
            await self.crew.refresh()
            found = self.directory.behind(guest, name)
        except Exception:
            log.exception("a device behind %s could not be registered", guest.name)
        for then in self._adopting.pop((guest.id, name), ()):
            then(found)

    # -- what the city says --------------------------------------------------------------

    def here(self, guest: Known, connection: Connection, pattern: str) -> None:
        """A device begins to listen: it gets what it would have found retained."""
        if pattern.startswith(f"{births.NAMESPACE}/STATE/"):
            at = int(clock.now().timestamp() * 1000)
            topic = pattern if "+" not in pattern else f"{births.NAMESPACE}/STATE/pengcheng"
            connection.say(topic, orjson.dumps({"online": True, "timestamp": at}))
        elif pattern == homeassistant.STATUS:
            connection.say(homeassistant.STATUS, b"online")
        elif pattern == tb.ATTRIBUTES:
            guest.told = None
            self.updating.tell(guest, connection)

    async def carry(self) -> None:
        """Send whoever is here the commands that wait, and what firmware they are to run."""
        self.updating.tell_all()
        here = list(self.lines)
        behind = {
            each.id: each.parent
            for each in self.directory.by_id.values()
            if each.parent in self.lines
        }
        for command in await self.crew.run(commanding.waiting, [*here, *behind]):
            line = self.lines.get(behind.get(command.device, command.device))
            if line is None or command.id in self._sent:
                continue
            await self._send(line, command, gateway=command.device in behind)

    async def _send(self, line: Connection, command: Any, *, gateway: bool) -> None:
        if gateway:
            device = self.directory.by_id[command.device]
            topic = "v1/gateway/rpc"
            name = device.title or device.name
            body = tb.gateway_rpc(name, command.number, command.method, command.params)
        else:
            topic = f"{tb.REQUEST}{command.number}"
            body = tb.rpc(command.method, command.params)
        if not line.hears(topic):
            return
        await self.crew.move(command.id, "sent")
        self._sent[command.id] = command

        def taken(code: int) -> None:
            self._sent.pop(command.id, None)
            state: CommandState = "acknowledged" if code < 128 else "failed"
            self.later(self.crew.move(command.id, state))

        if not line.say(topic, orjson.dumps(body), taken):
            self._sent.pop(command.id, None)
            await self.crew.move(command.id, "queued")

    def later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _answer(done: Done, found: Taken | Exception) -> None:
    """Stored, or refused for good: both are the end of it. Not stored: come again."""
    if isinstance(found, Full):
        done(NOT_NOW)
    elif isinstance(found, Exception):
        done(NOT_NOW)
    else:
        done(STORED)


def _nobody(code: int) -> None:
    """A will has nobody who waits."""
