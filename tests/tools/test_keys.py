"""The threat model's table of keys is compared with the keys that the city can make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.inspect import keys
from tools.inspect.documents import check

ROOT = Path(__file__).resolve().parents[2]
HEAD = "\n## The keys\n| key | protects | who has it | how it is changed |\n|---|---|---|---|\n"
OWN = "".join(
    f"| `{name}` | all | the web processes | `pengcheng keys rotate {purpose}` |\n"
    for purpose, name in keys.FILES.items()
)
GOOD = "| `keys/oil` (ES256) | lamps | web processes | `pengcheng keys rotate oil` |\n"
MAKER = "| `keys/sm2/wax` (SM2) | seals | web processes | `pengcheng keys rotate wax` |\n"
READERS = "| keys of readers (X25519) | payloads | readers | they register a new one |\n"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "pengcheng" / "domains" / "lamps"
    folder.mkdir(parents=True)
    (folder / "manifest.toml").write_text(
        'id = "lamps"\n[[key]]\npurpose = "oil"\n'
        '[[key]]\npurpose = "wax"\nkeeper = "pengcheng.kit.seals.smcerts.root_ring"\n'
    )
    (folder / "ops.py").write_text('OIL = ring("oil", "ES256")\n')
    return tmp_path


def found(city: Path, *rows: str) -> list[str]:
    text = HEAD + "".join((OWN, *rows)) + "\n## Next\n| `keys/none` | | | |\n"
    (city / keys.MODEL).write_text(text)
    return keys.disagreements(city)


def test_a_table_that_agrees_is_silent(city: Path) -> None:
    assert found(city, GOOD, MAKER, READERS) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((MAKER,), "no row for keys/oil"),
        ((GOOD, MAKER, GOOD), "two rows for keys/oil"),
        ((GOOD, MAKER, GOOD.replace("oil", "gas")), "there is no key keys/gas"),
        ((GOOD.replace("keys/", "keys/sm2/"), MAKER), "there is no key keys/sm2/oil"),
        ((GOOD.replace(" lamps ", " "), MAKER), "says not what it protects"),
        ((GOOD.replace("`pengcheng keys rotate oil`", "by hand"), MAKER), "says not by which"),
        ((GOOD.replace("rotate oil", "rotate wax"), MAKER), "rotates wax, which is none"),
        ((GOOD.replace("ES256", "Ed25519"), MAKER), "keys/oil: signs by ES256"),
    ],
)
def test_what_differs_is_named(city: Path, rows: tuple[str, ...], says: str) -> None:
    assert any(says in line for line in found(city, *rows))


def test_a_ring_that_no_manifest_declares_is_named(city: Path) -> None:
    ops = city / "src" / "pengcheng" / "domains" / "lamps" / "ops.py"
    ops.write_text('GAS = ring("gas", "ES256")\n')
    told = found(city, GOOD, MAKER)
    assert told == ["src/pengcheng/domains/lamps/ops.py:1: the ring gas is in no manifest"]


def test_the_check_of_the_documents_asks_it(city: Path) -> None:
    found(city, MAKER)
    assert f"{keys.MODEL}: no row for keys/oil" in check(city)


def test_the_citys_own_table_agrees() -> None:
    assert len(list(keys.table((ROOT / keys.MODEL).read_text("utf-8")))) > 15
    assert keys.disagreements(ROOT) == []
