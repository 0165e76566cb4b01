"""The harness for fuzzing by hand: its readers take their seeds, and it notices a failure."""

from __future__ import annotations

import pytest

from tools import fuzz

READERS = [name for name in fuzz.TARGETS if name != "pdf"]  # which makes a sealed document first


@pytest.mark.parametrize("name", READERS)
def test_each_reader_takes_its_seeds_and_bytes_of_any_kind(name: str) -> None:
    target = fuzz.TARGETS[name]()
    ask = fuzz.one(target)
    for seed in (*target.seeds, b"", b"\x01" * 99, bytes(range(256))):
        ask(seed)
        ask(seed[: len(seed) // 2])


def test_what_is_no_refusal_is_a_finding() -> None:
    def broken(data: bytes) -> None:
        raise (KeyError if data else RecursionError)(data)

    ask = fuzz.one(fuzz.Target(broken, (ValueError, RuntimeError)))
    for data in (b"", b"x"):
        with pytest.raises((KeyError, RecursionError)):
            ask(data)


@pytest.mark.parametrize("words", [[], ["none", "5"], ["codes"]])
def test_it_says_how_it_is_called(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(words) == 2
    assert "codes|mdoc|shapes" in capsys.readouterr().out
