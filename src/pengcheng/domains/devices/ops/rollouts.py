"""Roll-outs of firmware: begun, taken further by the clock, steered by people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from pengcheng.domains.devices import contracts, models
from pengcheng.domains.devices.events import RolloutMoved
from pengcheng.domains.devices.ops import packages
from pengcheng.domains.devices.ops.progress import counted, members, rollout_of, unknown
from pengcheng.domains.devices.rules import firmware as rules
from pengcheng.kernel import clock
from pengcheng.kernel.acting import Acting, act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource
from pengcheng.kernel.problems import Conflict, FieldError, Invalid

AT_ONCE = 2000  # devices that one step takes in: a step stays short


def start(context: Context, plan: contracts.Plan) -> contracts.Rollout:
    """Begin a roll-out; its first stage is taken in by the next step of the clock."""
    if wrong := rules.wrong_with(plan):
        raise _wrong(wrong)
    now = clock.now()
    with act(context, "devices.rollout.run", Resource(kind="rollout")) as acting:
        package = packages.locked(plan.package)
        if package.state != "released":
            raise Conflict(
                code="devices.rollout.unreleased",
                zh="固件包尚未核准或已停用",
                en="The firmware is not released",
            )
        try:
            with transaction.atomic():
                row = models.Rollout.objects.create(
                    package=package,
                    profile_id=package.profile_id,
                    **{n: getattr(plan, n) for n in ("group", "bound", "hold", "enough")},
                    stages=list(plan.stages),
                    started_by=context.actor.id,
                    started_at=now,
                    staged_at=now,
                    changed_at=now,
                )
        except IntegrityError as reason:
            raise Conflict(
                code="devices.rollout.busy",
                zh="该设备类型已有正在进行的推送",
                en="A roll-out to this kind of device is under way",
            ) from reason
        acting.concerns(Resource(kind="rollout", id=row.id))
        _told(acting, row)
    return rollout_of(row)


def _wrong(name: str) -> Invalid:
    zh, en = {
        "stages": (
            "各阶段比例须递增且以 100 结束",
            "The stages rise and end with 100 per cent",
        ),
        "hold": ("等待时间须在 0 到 30 天之间", "A stage stands at most 30 days"),
    }.get(name, ("比例须在 0 到 100 之间", "Between 0 and 100 per cent"))
    return Invalid(
        code="devices.rollout.invalid",
        zh="推送计划有误",
        en="The plan is not as it should be",
        errors=[FieldError(f"/{name}", zh, en)],
    )


def _told(acting: Acting, row: models.Rollout, **facts: Any) -> None:
    """Every step is an event and an audit line."""
    row.changed_at = clock.now()
    row.save()
    acting.note(state=row.state, stage=row.stage, package=row.package_id, **facts)
    acting.emit(
        RolloutMoved(
            subject=f"rollout/{row.id}",
            rollout=row.id,
            package=row.package_id,
            state=cast("contracts.RolloutState", row.state),
            stage=row.stage,
            reason=row.reason,
        )
    )


# --- by the clock -----------------------------------------------------------------------


def step_all(context: Context) -> int:
    """Take every roll-out that runs one step further; each step is whole or not at all."""
    ids = models.Rollout.objects.filter(state__in=("running", "returning")).values_list(
        "id", flat=True
    )
    return sum(_step(context, each) for each in list(ids))


def _step(context: Context, rollout_id: str) -> bool:
    with transaction.atomic():
        row = models.Rollout.objects.select_for_update().get(id=rollout_id)
        if row.state == "returning":
            return _returned(context, row)
        if row.state != "running":
            return False  # somebody was quicker
        fresh = _due(row)
        if fresh:
            with act(context, "devices.rollout.step", _resource(row)) as acting:
                _take_in(row, fresh[:AT_ONCE])
                acting.note(stage=row.stage, taken_in=len(fresh[:AT_ONCE]))
            return True
        return _judged(context, row)


def _due(row: models.Rollout) -> list[str]:
    """Who is in the present stage and was not taken in yet."""
    ids = members(row).values_list("id", flat=True)
    wanted = rules.chosen(ids, row.stages[row.stage], row.package.sha256)
    known = set(models.Update.objects.filter(rollout=row).values_list("device_id", flat=True))
    return [each for each in wanted if each not in known]


def _take_in(row: models.Rollout, ids: Sequence[str]) -> None:
    now = clock.now()
    package = row.package
    known = {
        each.device_id: each
        for start in range(0, len(ids), 500)
        for each in models.Firmware.objects.filter(device_id__in=ids[start : start + 500])
    }
    earlier = {
        (each.title, each.version): each.id
        for each in models.Package.objects.filter(profile_id=row.profile_id)
    }
    rows = []
    for each in ids:
        has = known.get(each)
        runs = (has.title, has.version) if has else ("", "")
        there = runs == (package.title, package.version)
        before = (has.target_id if has else None) or earlier.get(runs)
        rows.append(
            models.Update(
                rollout=row,
                device_id=each,
                stage=row.stage,
                before_id=None if before == package.id else before,
                state="updated" if there else "queued",
                changed_at=now,
            )
        )
    models.Update.objects.bulk_create(rows, batch_size=500)
    aim(ids, package.id)


def aim(ids: Sequence[str], package_id: str | None) -> None:
    """What these devices are to run from now on; the process that hears them reads it anew."""
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        models.Firmware.objects.bulk_create(
            [models.Firmware(device_id=each, target_id=package_id) for each in some],
            update_conflicts=True,
            unique_fields=["device"],
            update_fields=["target"],
        )
        models.Device.objects.filter(id__in=some).update(changed_at=clock.now())


def _judged(context: Context, row: models.Rollout) -> bool:
    found = _stage(row)
    verdict = rules.judge(found, bound=row.bound, hold=row.hold, enough=row.enough)
    if verdict == "wait":
        return False
    with act(context, "devices.rollout.step", _resource(row)) as acting:
        if verdict == "stop":
            row.state = "stopped"
            row.reason = f"{found.counts.get('failed', 0)}/{found.size}"
            _withhold(row)
        elif verdict == "done":
            row.state = "done"
        else:
            row.stage += 1
            row.staged_at = clock.now()
        _told(acting, row, verdict=verdict, counts=dict(found.counts))
    return True


def _stage(row: models.Rollout) -> rules.Stage:
    rows = models.Update.objects.filter(rollout=row, stage=row.stage)
    counts = counted(rows)
    seconds = (clock.now() - row.staged_at).total_seconds()
    last = row.stage == len(row.stages) - 1
    if last:  # it is over when the devices of every stage have ended
        late = models.Update.objects.filter(rollout=row, stage__lt=row.stage)
        waiting = sum(n for state, n in counted(late).items() if state not in rules.ENDED)
        counts = counts | {"queued": counts.get("queued", 0) + waiting}
    return rules.Stage(sum(counts.values()), counts, seconds, last)


def _returned(context: Context, row: models.Rollout) -> bool:
    """Over when all that went back have ended."""
    rows = models.Update.objects.filter(rollout=row, back=True)
    if rows.exclude(state__in=rules.ENDED).exists():
        return False
    with act(context, "devices.rollout.step", _resource(row)) as acting:
        row.state = "returned"
        _told(acting, row)
    return True


# --- by people --------------------------------------------------------------------------


def steer(context: Context, rollout_id: str, step: rules.Step) -> contracts.Rollout:
    """Pause, resume, cancel, or take it back."""
    with act(context, "devices.rollout.run", Resource(kind="rollout", id=rollout_id)) as acting:
        row = models.Rollout.objects.select_for_update().filter(id=rollout_id).first()
        if row is None:
            raise unknown()
        if row.state not in rules.STEPS[step]:
            raise Conflict(
                code="devices.rollout.state",
                zh="推送当前状态下不能这样做",
                en="This cannot be done with it now",
            )
        DOING[step](row)
        _told(acting, row, step=step)
    return rollout_of(row)


def _pause(row: models.Rollout) -> None:
    row.state = "paused"
    _withhold(row)


def _resume(row: models.Rollout) -> None:
    """Those that failed get it again: the stage is judged by how they do then."""
    row.state, row.reason, row.staged_at = "running", "", clock.now()
    rows = models.Update.objects.filter(rollout=row, state__in=("queued", "failed"))
    ids = list(rows.values_list("device_id", flat=True))
    rows.update(state="queued", error="", changed_at=clock.now())
    aim(ids, row.package_id)


def _cancel(row: models.Rollout) -> None:
    row.state = "cancelled"
    _withhold(row)


def _withhold(row: models.Rollout) -> None:
    """Who has not begun gets nothing; who is under way goes on."""
    rows = models.Update.objects.filter(rollout=row, state__in=("queued", "failed"))
    _aim_back(rows)


def _aim_back(rows: QuerySet[models.Update]) -> None:
    for before in set(rows.order_by().values_list("before_id", flat=True)):
        aim(list(rows.filter(before_id=before).values_list("device_id", flat=True)), before)


def _back(row: models.Rollout) -> None:
    """Everybody is to run what they ran before; where that is not known, they are left alone."""
    row.state = "returning"
    rows = models.Update.objects.filter(rollout=row)
    _aim_back(rows)
    now = clock.now()
    begun = Q(state__in=(*rules.UNDER_WAY, "updated", "failed"))
    rows.filter(~begun | Q(before=None)).update(state="left", changed_at=now)
    rows.filter(begun, before__isnull=False).update(
        state="queued", back=True, error="", attempts=0, changed_at=now
    )


DOING = {"pause": _pause, "resume": _resume, "cancel": _cancel, "back": _back}


# --- what devices report ----------------------------------------------------------------


def reported(context: Context, device_id: str, facts: dict[str, str]) -> None:
    """What a device says of its firmware: what it runs, and how far it is."""
    with transaction.atomic():
        has = models.Firmware.objects.select_for_update().filter(device_id=device_id).first()
        has = has or models.Firmware(device_id=device_id)
        has.title = facts.get(rules.TITLE, has.title)[:80]
        has.version = facts.get(rules.VERSION, has.version)[:40]
        has.reported_at = clock.now()
        has.save()
        row = (
            models.Update.objects.select_for_update()
            .filter(device_id=device_id)
            .order_by("-id")
            .first()
        )
        state = _state(row, has, facts)
        if row is not None and rules.may_report(row.state, state):
            _note(context, row, state, facts.get(rules.ERROR, ""))


def _state(row: models.Update | None, has: models.Firmware, facts: dict[str, str]) -> str:
    """What it runs says more than what it says: only the firmware itself makes it updated."""
    if row is None:
        return ""
    wanted = row.before if row.back else row.rollout.package
    told = facts.get(rules.STATE, "").lower()
    if wanted is not None and (has.title, has.version) == (wanted.title, wanted.version):
        return "updated"
    return "" if told == "updated" and rules.VERSION in facts else told


def _note(context: Context, row: models.Update, state: str, error: str) -> None:
    before, row.state, row.changed_at = row.state, state, clock.now()
    row.error = error if state == "failed" else ""
    row.attempts += state == "downloading"
    if state not in rules.ENDED:
        row.save()
        return
    with act(context, "devices.rollout.step", Resource(kind="device", id=row.device_id)) as acting:
        row.save()
        acting.note(rollout=row.rollout_id, before=before, state=state, back=row.back)


def _resource(row: models.Rollout) -> Resource:
    return Resource(kind="rollout", id=row.id)
