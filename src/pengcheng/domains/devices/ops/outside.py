"""Somebody else's broker: for a large city, devices speak to any MQTT 5 broker, and we subscribe.

Several of us may share the work (`$share`). A message is acknowledged to that broker when it is
stored here, so it comes again if we fall. Who may say what is that broker's business: here the
topic names the device.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from pengcheng.domains.devices.ops.directory import Known
from pengcheng.domains.devices.ops.hearing import House
from pengcheng.kit.mqtt.listener import NOT_NOW
from pengcheng.kit.sparkplug import births

SHARE = "$share/pengcheng/"
KEPT = 7 * 24 * 3600  # seconds for which that broker keeps what we have not taken
AGAIN = 1.0
UNDER_WAY = 1000
log = logging.getLogger(__name__)


class Outside:
    """Our line to another broker."""

    def __init__(self, house: House, url: str, topics: Sequence[str], name: str) -> None:
        self.house, self.topics = house, topics
        self.where = urlsplit(url)
        self.client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=name,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
        )
        if self.where.username:
            password = unquote(self.where.password or "")
            self.client.username_pw_set(unquote(self.where.username), password)
        if self.where.scheme == "mqtts":
            self.client.tls_set()
        self.client.on_connect = self._connected
        self.client.on_message = self._message
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        kept = Properties(PacketTypes.CONNECT)
        kept.SessionExpiryInterval = KEPT
        kept.ReceiveMaximum = UNDER_WAY
        port = self.where.port or (8883 if self.where.scheme == "mqtts" else 1883)
        self.client.connect_async(
            self.where.hostname or "localhost", port, clean_start=False, properties=kept
        )
        self.client.loop_start()

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    # -- in paho's thread ----------------------------------------------------------------

    def _connected(self, *given: Any) -> None:
        if given[3].is_failure:
            log.warning("the outside broker refuses us: %s", given[3])
            return
        self.client.subscribe([(f"{SHARE}{each}", 1) for each in self.topics])

    def _message(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._heard, message)

    # -- on the loop ---------------------------------------------------------------------

    def _heard(self, message: mqtt.MQTTMessage) -> None:
        known = self.device_of(message.topic)
        if known is None or not self.house.may_say(known, message.topic):
            log.info("nobody is known for %s", message.topic)
            self._done(message, 0)
            return
        self.house.heard(known, message.topic, bytes(message.payload), partial(self._done, message))

    def _done(self, message: mqtt.MQTTMessage, code: int) -> None:
        if code == NOT_NOW and self._loop is not None:
            self._loop.call_later(AGAIN, self._heard, message)
        elif message.qos:
            self.client.ack(message.mid, message.qos)

    def device_of(self, topic: str) -> Known | None:
        """`devices/<name>/…`, or the node of Sparkplug."""
        found = births.topic_of(topic)
        parts = topic.split("/")
        name = found.node if found else parts[1] if parts[0] == "devices" and parts[2:] else ""
        known = self.house.directory.by_name.get(name)
        return known if known is not None and known.active else None
