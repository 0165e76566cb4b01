"""From the text of $filter and $orderby to a tree (18-088, clause 9.3.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import shapely

from pengcheng.kit.sensorthings import moments
from pengcheng.kit.sensorthings.errors import StaError
from pengcheng.kit.sensorthings.functions import FUNCTIONS
from pengcheng.kit.sensorthings.lexing import Word, words

DEEPEST = 40
COMPARING = ("eq", "ne", "gt", "ge", "lt", "le")
ADDING = ("add", "sub")
MULTIPLYING = ("mul", "div", "mod")
CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Path:
    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str  # not, -
    inner: Node


Node = Literal | Path | Call | Binary | Unary


class Parser:
    """Each function takes what binds as tightly as its name says, and what binds tighter."""

    def __init__(self, text: str, target: str) -> None:
        self.target = target
        self.words = words(text, target)
        self.place = 0
        self.depth = 0

    @property
    def word(self) -> Word:
        return self.words[self.place]

    def fail(self, message: str, at: int | None = None) -> StaError:
        where = self.word.at if at is None else at
        return StaError(f"{self.target}: {message}", target=self.target, at=where)

    def take(self, *texts: str) -> str | None:
        """The next word if it is one of these."""
        word = self.word
        if word.kind in {"name", "mark"} and word.text in texts:
            self.place += 1
            return word.text
        return None

    def demand(self, text: str) -> None:
        if not self.take(text):
            raise self.fail(f"{text!r} is missing before {self.word.text or 'the end'!r}")

    # -- expressions ---------------------------------------------------------------------

    def whole(self) -> Node:
        found = self.either()
        if self.word.kind != "end":
            raise self.fail(f"{self.word.text!r} is not expected here")
        return found

    def either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"nested more than {DEEPEST} deep")
        found = self.both()
        while self.take("or"):
            found = Binary("or", found, self.both())
        self.depth -= 1
        return found

    def both(self) -> Node:
        found = self.negated()
        while self.take("and"):
            found = Binary("and", found, self.negated())
        return found

    def negated(self) -> Node:
        count = 0
        while self.take("not"):
            count += 1
        found = self.compared()
        return Unary("not", found) if count % 2 else found

    def compared(self) -> Node:
        found = self.added()
        operator = self.take(*COMPARING)
        return Binary(operator, found, self.added()) if operator else found

    def added(self) -> Node:
        found = self.multiplied()
        while operator := self.take(*ADDING):
            found = Binary(operator, found, self.multiplied())
        return found

    def multiplied(self) -> Node:
        found = self.signed()
        while operator := self.take(*MULTIPLYING):
            found = Binary(operator, found, self.signed())
        return found

    def signed(self) -> Node:
        if not self.take("-"):
            return self.primary()
        inner = self.primary()
        if isinstance(inner, Literal) and isinstance(inner.value, int | float):
            return Literal(-inner.value)
        return Unary("-", inner)

    # -- what stands alone ---------------------------------------------------------------

    def primary(self) -> Node:
        word = self.word
        if self.take("("):
            found = self.either()
            self.demand(")")
            return found
        self.place += 1
        if word.kind == "name":
            return self.named(word)
        reader = getattr(self, f"_{word.kind}", None)
        if reader is None:
            self.place -= 1
            raise self.fail(f"a value is missing before {word.text or 'the end'!r}")
        return Literal(reader(word))

    def named(self, word: Word) -> Node:
        if word.text in CONSTANTS:
            return Literal(CONSTANTS[word.text])
        if self.take("("):
            return self.called(word)
        names = [word.text]
        while self.take("/"):
            if self.word.kind != "name":
                raise self.fail("a name is missing after '/'")
            names.append(self.word.text)
            self.place += 1
        return Path(tuple(names), word.at)

    def called(self, word: Word) -> Node:
        function = FUNCTIONS.get(word.text)
        if function is None:
            raise self.fail(f"there is no function {word.text!r}", word.at)
        arguments: list[Node] = []
        if not self.take(")"):
            arguments.append(self.either())
            while self.take(","):
                arguments.append(self.either())
            self.demand(")")
        if len(arguments) not in function.counts:
            wanted = " or ".join(str(each) for each in function.counts)
            raise self.fail(f"{word.text} takes {wanted} arguments, not {len(arguments)}", word.at)
        return Call(word.text, tuple(arguments))

    # -- literals ------------------------------------------------------------------------

    def _text(self, word: Word) -> str:
        return word.text[1:-1].replace("''", "'")

    def _number(self, word: Word) -> float | int:
        if word.text.isdigit() and len(word.text) < 19:
            return int(word.text)
        found = float(word.text)
        if not math.isfinite(found):
            raise self.fail(f"{word.text} is too large", word.at)
        return found

    def _moment(self, word: Word) -> moments.Moment:
        start = moments.instant(word.text)
        if start is None:
            raise self.fail(f"{word.text} is no moment of the calendar", word.at)
        if self.word.text != "/" or self.words[self.place + 1].kind != "moment":
            return start
        self.place += 2
        end = moments.instant(self.words[self.place - 1].text)
        if end is None or end < start:
            raise self.fail("an interval ends before it begins", word.at)
        return moments.Interval(start, end)

    def _date(self, word: Word) -> datetime:
        found = moments.instant(word.text)
        if found is None:
            raise self.fail(f"{word.text} is no day of the calendar", word.at)
        return found

    def _time(self, word: Word) -> time:
        try:
            return time.fromisoformat(word.text).replace(tzinfo=UTC)
        except ValueError as reason:
            raise self.fail(f"{word.text} is no time of the day", word.at) from reason

    def _duration(self, word: Word) -> Any:
        found = moments.duration(word.text[9:-1])
        if found is None:
            raise self.fail(f"{word.text} is no duration such as duration'PT1H'", word.at)
        return found

    def _geo(self, word: Word) -> Any:
        text = word.text[word.text.index("'") + 1 : -1].removeprefix("SRID=4326;")
        try:
            found = shapely.from_wkt(text)
        except shapely.errors.ShapelyError as reason:
            raise self.fail(f"{text[:60]!r} is no geometry in WKT", word.at) from reason
        if found is None or found.is_empty:
            raise self.fail("the geometry is empty", word.at)
        return found


def expression(text: str, target: str = "$filter") -> Node:
    """Raises StaError."""
    return Parser(text, target).whole()


def ordering(text: str) -> tuple[tuple[Node, bool], ...]:
    """Keys of $orderby, each with whether it goes down."""
    parser = Parser(text, "$orderby")
    found: list[tuple[Node, bool]] = []
    while True:
        node = parser.either()
        parser.depth = 0
        found.append((node, parser.take("asc", "desc") == "desc"))
        if not parser.take(","):
            break
    if parser.word.kind != "end":
        raise parser.fail(f"{parser.word.text!r} is not expected here")
    if len(found) > 10:
        raise parser.fail("more than 10 keys", 0)
    return tuple(found)
