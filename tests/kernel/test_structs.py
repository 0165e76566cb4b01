"""Kinds of structs are worked out before threads read them."""

from __future__ import annotations

import subprocess
import sys

import msgspec

from pengcheng.kernel import structs

RACE = """
import sys, threading, types
import msgspec
from pengcheng.kernel import structs

sys.setswitchinterval(1e-6)
for n in range(30):
    lines = ["import msgspec"]
    for i in range(30):
        lines.append(f"class A{i}(msgspec.Struct, frozen=True):")
        lines += [f"    f{j}: str = ''" for j in range(6)]
        lines.append(f"    g: 'A{i - 1} | None' = None" if i else "    g: str = ''")
    module = sys.modules[f"m{n}"] = types.ModuleType(f"m{n}")
    exec(compile("\\n".join(lines), f"m{n}", "exec"), module.__dict__)
    assert structs.make_ready() >= 30
    top = module.A29
    ready = threading.Barrier(4)

    def read():
        ready.wait()
        msgspec.convert({"f1": "x", "g": {"f1": "y"}}, top)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("alive")
"""


def test_threads_may_read_a_struct_at_once_when_it_was_made_ready() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RACE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "alive")


def test_what_is_defined_later_is_made_ready_by_the_next_call() -> None:
    structs.make_ready()

    class Later(msgspec.Struct, frozen=True):
        text: str

    assert structs.make_ready() == 1
    assert structs.make_ready() == 0
    assert msgspec.convert({"text": "a"}, Later).text == "a"
