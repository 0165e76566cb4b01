"""Finding one option among many by what somebody typed; needs no script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pengcheng.kit.forms.parts import Option

MOST = 12


def plain(text: str) -> str:
    """Text as it is compared: widths, case and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _words(option: Option) -> tuple[str, ...]:
    said = (option.value, option.label.zh, option.label.en, *option.words)
    return tuple(filter(None, map(plain, said)))


def find(options: Iterable[Option], typed: str) -> tuple[Option, ...]:
    """The options that fit, the best first; exactly one when the text names it fully."""
    wanted = plain(typed[:200])
    if not wanted:
        return ()
    known = [(option, _words(option)) for option in options]
    exact = [option for option, words in known if wanted in words]
    if len(exact) == 1:
        return (exact[0],)
    begins = [o for o, words in known if any(word.startswith(wanted) for word in words)]
    holds = [o for o, words in known if any(wanted in word for word in words)]
    return tuple(dict.fromkeys((*exact, *begins, *holds)))[:MOST]
