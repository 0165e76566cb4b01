"""REST: devices, what they measured, what they are told. Readings come in at `/ingest/`."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, JsonValue

from pengcheng.domains.devices import api, contracts
from pengcheng.domains.devices.api import firmware
from pengcheng.domains.devices.api.firmware import Step
from pengcheng.kernel.context import Context

router = Router()


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class Wanted(Schema):
    """Which devices."""

    search: str = Field("", max_length=100)
    profile: str = Field("", max_length=60)
    group: str = Field("", max_length=60)
    health: str = Field("", max_length=12)
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=1000)


class CommandSchema(Schema):
    """Something to tell a device."""

    model_config = ConfigDict(extra="forbid")

    method: str = Field(min_length=1, max_length=60)
    params: JsonValue = None
    seconds: int = Field(3600, ge=1, le=604_800)


class PlanSchema(Schema):
    """How a firmware is to be rolled out."""

    model_config = ConfigDict(extra="forbid")

    package: str = Field(max_length=36)
    group: str = Field("", max_length=60)
    stages: list[float] = Field([1, 10, 50, 100], min_length=1, max_length=20)
    bound: float = Field(5, ge=0, le=100)
    hold: int = Field(3600, ge=0, le=2_592_000)
    enough: float = Field(50, ge=0, le=100)


class StepSchema(Schema):
    """What is to be done with a roll-out."""

    model_config = ConfigDict(extra="forbid")

    step: Step


class Chosen(Schema):
    """Which devices of a roll-out."""

    state: str = Field("", max_length=12)
    offset: int = Field(0, ge=0, le=1_000_000)
    limit: int = Field(50, ge=1, le=1000)


PROBLEMS: dict[Any, Any] = {
    frozenset({400, 401, 403, 404, 409, 413, 422}): ProblemSchema,
}
FOUND: dict[Any, Any] = {200: dict[str, Any], **PROBLEMS}


def _context(request: HttpRequest) -> Context:
    return request.auth  # type: ignore[attr-defined,no-any-return]


def _answer(value: object, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), status=status, content_type="application/json")


@router.get("/profiles", response=FOUND)
def list_profiles(request: HttpRequest) -> HttpResponse:
    """The kinds of devices with their measures and mappings."""
    return _answer({"items": api.profiles(context=_context(request))})


@router.get("/devices", response=FOUND)
def list_devices(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """Devices with how they do, a page at a time."""
    items, total = api.devices(context=_context(request), **wanted.model_dump())
    listed = [
        {**msgspec.to_builtins(device), "condition": condition} for device, condition in items
    ]
    return _answer({"items": listed, "total": total})


@router.get("/devices/{device_id}", response=FOUND)
def one_device(request: HttpRequest, device_id: str) -> HttpResponse:
    """One device by id or name: how it does, and its newest values."""
    context = _context(request)
    device = api.device(context=context, device_id=device_id)
    return _answer(
        {
            **msgspec.to_builtins(device),
            "condition": api.condition(context=context, device_id=device.id),
            "latest": api.latest(context=context, device=device),
        }
    )


@router.get("/devices/{device_id}/readings", response=FOUND)
def list_readings(
    request: HttpRequest,
    device_id: str,
    attribute: Query[str],
    last: int = Query(100, ge=1, le=1000),
) -> HttpResponse:
    """The last values of an attribute, oldest first."""
    context = _context(request)
    device = api.device(context=context, device_id=device_id)
    found = api.history(context=context, device=device, attribute=attribute[:100], limit=last)
    return _answer({"items": [{"observed_at": at, "value": value} for at, value in found]})


@router.post("/devices/{device_id}/commands", response={201: dict[str, Any], **PROBLEMS})
def send_command(request: HttpRequest, device_id: str, wanted: CommandSchema) -> HttpResponse:
    """Queue a command for a device."""
    found = api.command(context=_context(request), device_id=device_id, **wanted.model_dump())
    return _answer(found, 201)


@router.get("/commands/{command_id}", response=FOUND)
def one_command(request: HttpRequest, command_id: str) -> HttpResponse:
    """A command and how far it went."""
    return _answer(api.one_command(context=_context(request), command_id=command_id))


# --- firmware ---------------------------------------------------------------------------


@router.get("/firmware", response=FOUND)
def list_packages(request: HttpRequest) -> HttpResponse:
    """All firmware with the public keys of the city's signatures (JWK set)."""
    found = firmware.packages(context=_context(request))
    return _answer({"items": found, "jwks": firmware.keys()})


@router.post("/firmware/{package_id}/release", response=FOUND)
def release_package(request: HttpRequest, package_id: str) -> HttpResponse:
    """Release and sign what somebody else uploaded."""
    return _answer(firmware.release(context=_context(request), package_id=package_id))


@router.get("/rollouts", response=FOUND)
def list_rollouts(request: HttpRequest) -> HttpResponse:
    """All roll-outs of firmware with how far they are."""
    return _answer({"items": firmware.rollouts(context=_context(request))})


@router.post("/rollouts", response={201: dict[str, Any], **PROBLEMS})
def start_rollout(request: HttpRequest, wanted: PlanSchema) -> HttpResponse:
    """Begin a roll-out."""
    plan = contracts.Plan(**wanted.model_dump() | {"stages": tuple(wanted.stages)})
    return _answer(firmware.start(context=_context(request), plan=plan), 201)


@router.get("/rollouts/{rollout_id}", response=FOUND)
def one_rollout(request: HttpRequest, rollout_id: str, wanted: Query[Chosen]) -> HttpResponse:
    """One roll-out, and a page of its devices."""
    context = _context(request)
    found = firmware.rollout(context=context, rollout_id=rollout_id)
    items, total = firmware.updates(context=context, rollout_id=rollout_id, **wanted.model_dump())
    return _answer({**msgspec.to_builtins(found), "devices": items, "devices_total": total})


@router.post("/rollouts/{rollout_id}/steps", response=FOUND)
def steer_rollout(request: HttpRequest, rollout_id: str, wanted: StepSchema) -> HttpResponse:
    """Pause, resume, cancel a roll-out, or take it back."""
    found = firmware.steer(context=_context(request), rollout_id=rollout_id, step=wanted.step)
    return _answer(found)
