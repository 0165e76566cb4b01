"""Firmware packages: taken in, released by somebody else and signed, read in chunks."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.ops.registry import profile
from pengcheng.domains.devices.rules import firmware as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid, NotFound
from pengcheng.kit.forms import uploads
from pengcheng.kit.keys import ring
from pengcheng.kit.keys.curves import encoded

NAME = re.compile(r"[\w][\w .:+\-]{0,79}\Z")


def folder() -> Path:
    """Where the bytes lie, each file under its hash."""
    return Path(settings.PENGCHENG_HOME) / "firmware"


def upload(
    context: Context, *, profile_id: str, title: str, version: str, file: Any
) -> contracts.Package:
    """Take a firmware in; nobody gets it before somebody else released it."""
    with act(context, "devices.firmware.upload", Resource(kind="firmware")) as acting:
        kind, checked = profile(profile_id), _checked(title, version, file)
        uploads.keep(folder(), file, checked)
        try:
            with transaction.atomic():
                row = models.Package.objects.create(
                    profile_id=kind.id,
                    title=title,
                    version=version,
                    sha256=checked.sha256,
                    size=checked.size,
                    uploaded_by=context.actor.id,
                    uploaded_at=clock.now(),
                )
        except IntegrityError as reason:
            raise Conflict(
                code="devices.firmware.exists",
                zh="该版本已经存在",
                en="This version exists already",
                next_zh="请换一个版本号。",
                next_en="Give it another version.",
            ) from reason
        acting.concerns(_resource(row.id))
        acting.note(title=title, version=version, sha256=row.sha256, size=row.size)
    return package_of(row)


def _checked(title: str, version: str, file: Any) -> uploads.Checked:
    wrong = []
    if not NAME.match(title):
        wrong.append(FieldError("/title", "名称有误", "Not a title"))
    if not NAME.match(version) or len(version) > 40:
        wrong.append(FieldError("/version", "版本号有误", "Not a version"))
    file.seek(0, os.SEEK_END)
    size = file.tell()
    if not 0 < size <= contracts.LARGEST_FIRMWARE:
        wrong.append(
            FieldError("/file", "文件为空或超过 32 MB", "The file is empty or larger than 32 MB")
        )
    if wrong:
        raise Invalid(
            code="devices.firmware.invalid",
            zh="固件包信息有误",
            en="The firmware is not as it should be",
            errors=wrong,
        )
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return uploads.Checked(f"{title}-{version}", "application/octet-stream", size, digest)


def release(context: Context, package_id: str) -> contracts.Package:
    """Four eyes: whoever uploaded it does not release it. The city signs what was released."""
    with act(context, "devices.firmware.release", _resource(package_id)) as acting:
        row = locked(package_id)
        if row.uploaded_by == context.actor.id:
            raise Denied(
                code="devices.firmware.own",
                zh="上传人不能核准自己的固件包",
                en="Whoever uploaded a firmware does not release it",
                next_zh="请由另一位有权限的人员核准。",
                next_en="Ask somebody else who may release it.",
            )
        if row.state != "uploaded":
            raise Conflict(
                code="devices.firmware.state", zh="固件包状态已变", en="It was already decided"
            )
        if uploads.whole(folder(), row.sha256) is None:
            raise Conflict(
                code="devices.firmware.damaged",
                zh="固件文件缺失或已损坏",
                en="The file is missing or damaged",
            )
        row.state, row.released_by, row.released_at = "released", context.actor.id, clock.now()
        signer = ring("firmware", "Ed25519").signer()
        row.key = signer.key.kid
        row.signature = encoded(signer.sign(rules.statement(package_of(row))))
        row.save()
        acting.note(sha256=row.sha256, key=row.key)
    return package_of(row)


def withdraw(context: Context, package_id: str) -> contracts.Package:
    """No new roll-out takes it any more; one that is under way is steered at its own page."""
    with act(context, "devices.firmware.release", _resource(package_id)) as acting:
        row = locked(package_id)
        row.state = "withdrawn"
        row.save(update_fields=["state"])
        acting.note(state=row.state)
    return package_of(row)


def locked(package_id: str) -> models.Package:
    row = models.Package.objects.select_for_update().filter(id=package_id).first()
    if row is None:
        raise _unknown()
    return row


def one(package_id: str) -> contracts.Package:
    row = models.Package.objects.filter(id=package_id).first()
    if row is None:
        raise _unknown()
    return package_of(row)


def listed() -> tuple[contracts.Package, ...]:
    return tuple(package_of(row) for row in models.Package.objects.all()[:200])


def package_of(row: models.Package) -> contracts.Package:
    names = [n for n in contracts.Package.__struct_fields__ if n != "profile"]
    return contracts.Package(profile=row.profile_id, **{n: getattr(row, n) for n in names})


def keys() -> dict[str, Any]:
    """The public keys by which a device knows the city's signature (JWK set)."""
    return ring("firmware", "Ed25519").jwks()


def piece(sha256: str, size: int, chunk: int, number: int) -> bytes:
    """One chunk of a file; behind its end there is nothing. ``chunk`` 0: the whole."""
    start = number * chunk
    if start >= size or number < 0:
        return b""
    with uploads.place(folder(), sha256).open("rb") as file:
        file.seek(start)
        return file.read(chunk or size)


def _resource(package_id: str) -> Resource:
    return Resource(kind="firmware", id=package_id)


def _unknown() -> NotFound:
    return NotFound(code="devices.firmware.not_found", zh="没有这个固件包", en="No such firmware")
