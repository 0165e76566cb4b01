"""Registering devices and their kinds; keys; claiming."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.events import DeviceAdded
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

NAME = re.compile(r"[\w][\w.:\-]{0,119}\Z")
URN_PART = re.compile(r"[^\w.\-:]+")
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
FIELDS = [n for n in contracts.NewDevice.__struct_fields__ if n not in {"name", "profile"}]


def digest(secret: str) -> str:
    """Tokens and codes are long and random, so one fast hash keeps them safe."""
    return hashlib.sha256(secret.encode()).hexdigest()


# --- profiles ---------------------------------------------------------------------------


def save_profile(context: Context, profile: contracts.Profile) -> None:
    if wrong := _wrong_in_profile(profile):
        raise Invalid(
            code="devices.profile.invalid",
            zh="设备类型信息有误",
            en="The profile is not as it should be",
            errors=wrong,
        )
    facts: dict[str, Any] = msgspec.to_builtins(profile)
    with act(context, "devices.profile.save", Resource(kind="profile", id=profile.id)):
        models.Profile.objects.update_or_create(
            id=facts.pop("id"), defaults=facts | {"changed_at": clock.now()}
        )


def _wrong_in_profile(profile: contracts.Profile) -> list[FieldError]:
    found = []
    if not re.fullmatch(r"[A-Za-z][\w]{0,99}", profile.entity_type):
        found.append(
            FieldError(
                pointer="/entity_type", zh="实体类型须以字母开头", en="A type begins with a letter"
            )
        )
    for number, each in enumerate(profile.measures):
        if each.low is not None and each.high is not None and each.low > each.high:
            found.append(
                FieldError(
                    pointer=f"/measures/{number}",
                    zh="下限高于上限",
                    en="The lowest is above the highest",
                )
            )
    return found


def profiles() -> tuple[contracts.Profile, ...]:
    return tuple(profile_of(row) for row in models.Profile.objects.all())


def profile(profile_id: str) -> contracts.Profile:
    row = models.Profile.objects.filter(id=profile_id).first()
    if row is None:
        raise NotFound(
            code="devices.profile.not_found", zh="没有这个设备类型", en="There is no such profile"
        )
    return profile_of(row)


def profile_of(row: models.Profile) -> contracts.Profile:
    names = contracts.Profile.__struct_fields__
    return msgspec.convert({name: getattr(row, name) for name in names}, contracts.Profile)


# --- devices ----------------------------------------------------------------------------


def save(
    context: Context, devices: Sequence[contracts.NewDevice], *, parent: str = ""
) -> tuple[contracts.Shown, ...]:
    """Register devices, or change those that are known by name; new ones get a token and a code."""
    _check(devices)
    known = {row.name: row for row in models.Device.objects.filter(name__in=_names(devices))}
    shown = []
    with act(context, "devices.device.save", Resource(kind="devices")) as acting:
        for each in devices:
            row = known.get(each.name)
            if row is None:
                made = _add(each, parent)
                acting.emit(
                    DeviceAdded(
                        subject=f"device/{made.device.id}",
                        device=made.device.id,
                        name=each.name,
                        profile=each.profile,
                    )
                )
                shown.append(made)
            else:
                _change(row, each)
        acting.note(count=len(devices), added=len(shown))
    return tuple(shown)


def _names(devices: Sequence[contracts.NewDevice]) -> list[str]:
    return [each.name for each in devices]


def _check(devices: Sequence[contracts.NewDevice]) -> None:
    kinds = set(models.Profile.objects.values_list("id", flat=True))
    wrong = [each for n, one in enumerate(devices) for each in _wrong_in(n, one, kinds)]
    if len(set(_names(devices))) < len(devices):
        wrong.append(_field(0, "name", "名称重复", "A name stands twice"))
    if wrong:
        raise Invalid(
            code="devices.device.invalid",
            zh="设备信息有误",
            en="A device is not as it should be",
            next_zh="请按 errors 中的说明更正。",
            next_en="Mend what is listed in errors.",
            errors=wrong[:100],
        )


def _wrong_in(number: int, each: contracts.NewDevice, kinds: set[str]) -> Iterator[FieldError]:
    if not NAME.match(each.name):
        yield _field(number, "name", "名称须为字母、数字或 . : _ -", "Not a name")
    if each.profile not in kinds:
        yield _field(number, "profile", "没有这个设备类型", "No such profile")
    if not 1 <= each.rate <= 100_000:
        yield _field(number, "rate", "速率不合理", "Not a rate")
    if not _on_earth(each.longitude, each.latitude):
        yield _field(number, "longitude", "经纬度有误", "Not a place on Earth")
    if each.entity and not each.entity.startswith("urn:ngsi-ld:"):
        yield _field(number, "entity", "实体标识须为 URN", "The entity is a URN")


def _on_earth(longitude: float | None, latitude: float | None) -> bool:
    if longitude is None or latitude is None:
        return longitude is None and latitude is None
    return abs(longitude) <= 180 and abs(latitude) <= 90


def _field(number: int, name: str, zh: str, en: str) -> FieldError:
    return FieldError(pointer=f"/{number}/{name}", zh=zh, en=en)


def _add(each: contracts.NewDevice, parent: str) -> contracts.Shown:
    token, code, now = secrets.token_urlsafe(24), new_code(), clock.now()
    facts = {name: getattr(each, name) for name in FIELDS}
    facts["entity"] = each.entity or _entity(each)
    row = models.Device.objects.create(
        name=each.name,
        profile_id=each.profile,
        parent_id=parent or None,
        claim_digest=digest(code),
        added_at=now,
        changed_at=now,
        **facts,
    )
    models.Credential.objects.create(device=row, kind="token", value=digest(token), made_at=now)
    models.Condition.objects.create(device=row)
    return contracts.Shown(device=device_of(row), token=token, claim_code=code)


def _entity(each: contracts.NewDevice) -> str:
    kind = models.Profile.objects.values_list("entity_type", flat=True).get(id=each.profile)
    return f"urn:ngsi-ld:{kind}:{URN_PART.sub('-', each.name)}"


def _change(row: models.Device, each: contracts.NewDevice) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(each, name))
    row.entity = each.entity or row.entity or _entity(each)
    row.profile_id, row.changed_at = each.profile, clock.now()
    row.save()


def new_code() -> str:
    """A code for a sticker: 3 × 4 signs that cannot be mistaken for each other."""
    signs = [secrets.choice(CODE_SIGNS) for _ in range(12)]
    return "-".join("".join(signs[at : at + 4]) for at in (0, 4, 8))


def device_of(row: models.Device) -> contracts.Device:
    facts = {n: getattr(row, n) for n in contracts.Device.__struct_fields__ if hasattr(row, n)}
    facts |= {"profile": row.profile_id, "parent": row.parent_id or ""}
    return contracts.Device(**facts)


def row_of(device_id: str) -> models.Device:
    row = models.Device.objects.filter(Q(id=device_id) | Q(name=device_id)).first()
    if row is None:
        raise NotFound(code="devices.device.not_found", zh="没有这台设备", en="No such device")
    return row


def searched(
    *, search: str = "", profile: str = "", group: str = "", health: str = "", owner: str = ""
) -> QuerySet[models.Device]:
    found = models.Device.objects.select_related("condition").order_by("name")
    if search:
        found = found.filter(
            Q(name__icontains=search) | Q(title__icontains=search) | Q(place__icontains=search)
        )
    wanted = {"profile_id": profile, "group": group, "condition__health": health, "owner": owner}
    return found.filter(**{key: value for key, value in wanted.items() if value})


def groups() -> tuple[str, ...]:
    rows = models.Device.objects.exclude(group="").order_by("group")
    return tuple(rows.values_list("group", flat=True).distinct())


# --- keys and claims --------------------------------------------------------------------


def issue_token(context: Context, device_id: str) -> str:
    """A new token; the old one is worth nothing from now on."""
    row, token = row_of(device_id), secrets.token_urlsafe(24)
    with act(context, "devices.credential.issue", Resource(kind="device", id=row.id)):
        row.credentials.filter(kind="token").delete()
        _keep(row, "token", digest(token))
    return token


def add_certificate(context: Context, device_id: str, kind: str, value: str) -> None:
    """An X.509 certificate by its SHA-256 fingerprint, or by its subject (needs a known issuer)."""
    row = row_of(device_id)
    value = re.sub(r"[^0-9a-f]", "", value.lower()) if kind == "fingerprint" else value.strip()
    if (
        kind not in {"fingerprint", "subject"}
        or not value
        or (kind == "fingerprint" and len(value) != 64)
    ):
        raise Invalid(
            code="devices.credential.invalid", zh="证书信息有误", en="Not a certificate's mark"
        )
    with act(context, "devices.credential.issue", Resource(kind="device", id=row.id)):
        try:
            with transaction.atomic():
                _keep(row, kind, value)
        except IntegrityError as reason:
            raise Conflict(
                code="devices.credential.taken",
                zh="该证书已属于另一台设备",
                en="Another device has this certificate",
            ) from reason


def _keep(row: models.Device, kind: str, value: str) -> None:
    models.Credential.objects.create(device=row, kind=kind, value=value, made_at=clock.now())
    row.changed_at = clock.now()
    row.save(update_fields=["changed_at"])


def set_active(context: Context, device_id: str, *, active: bool) -> None:
    row = row_of(device_id)
    with act(context, "devices.device.save", Resource(kind="device", id=row.id)) as acting:
        row.active, row.changed_at = active, clock.now()
        row.save(update_fields=["active", "changed_at"])
        acting.note(active=active)


def claim(context: Context, code: str, *, owner: str) -> contracts.Device:
    """Whoever holds the code on the device's sticker makes it their organisation's, once."""
    permit(context, "devices.device.claim", Resource(kind="device"))
    code = code.strip().upper()
    row = models.Device.objects.filter(claim_digest=digest(code)).first() if code else None
    if row is None or row.claimed_by:
        raise NotFound(
            code="devices.claim.unknown",
            zh="认领码无效或已使用",
            en="The code is not valid or was used",
            next_zh="请核对设备标签上的认领码。",
            next_en="Check the code on the device's sticker.",
        )
    with act(context, "devices.device.claim", Resource(kind="device", id=row.id)) as acting:
        taken = models.Device.objects.filter(id=row.id, claimed_by="").update(
            owner=owner, claimed_by=context.actor.id, changed_at=clock.now()
        )
        if not taken:
            raise Conflict(code="devices.claim.taken", zh="设备已被认领", en="It was just claimed")
        acting.note(owner=owner)
    row.refresh_from_db()
    return device_of(row)
