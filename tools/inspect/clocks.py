"""Time and chance come from the kernel, where tests can set them."""

from __future__ import annotations

from pathlib import Path

from tools.inspect.code import calls, meaning, python_files, source, where

CLOCK = "use pengcheng.kernel.clock"
IDS = "use pengcheng.kernel.ids.new_id()"
REFUSED = {
    "datetime.datetime.now": CLOCK,
    "datetime.datetime.utcnow": CLOCK,
    "datetime.datetime.today": CLOCK,
    "datetime.date.today": CLOCK,
    "django.utils.timezone.now": CLOCK,
    "django.utils.timezone.localtime": CLOCK,
    "django.utils.timezone.localdate": CLOCK,
    "django.db.models.functions.Now": CLOCK,
    "time.time": CLOCK,
    "time.time_ns": CLOCK,
    "uuid.uuid1": IDS,
    "uuid.uuid4": IDS,
}
CHANCE = "chance must be given a seed: random.Random(seed)"


def check(root: Path) -> list[str]:
    found = []
    for path in python_files(source(root)):
        if "kernel" in path.relative_to(source(root)).parts[:1]:
            continue
        for call, name in calls(path):
            full = meaning(path, name)
            reason = REFUSED.get(full, "")
            if full.startswith("random.") and not (full == "random.Random" and call.args):
                reason = CHANCE
            if reason:
                found.append(f"{where(root, path, call.lineno)}: {full}: {reason}")
    return found
