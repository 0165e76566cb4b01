"""The NGSI-LD query language (clause 4.9): text to a predicate, compiled once.

    compiled = compile_query('speed>50;brandName!="Mercedes"', context)
    compiled.matches(entity, fetch)

``fetch(id)`` gives a linked entity for paths in braces, or ``None``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pengcheng.kit.ngsild import terms
from pengcheng.kit.ngsild.contexts import ActiveContext
from pengcheng.kit.ngsild.errors import BadRequestData
from pengcheng.kit.ngsild.reaching import PLAIN_TARGETS, Fetch, Path, flat, targets
from pengcheng.kit.ngsild.reading import Entity
from pengcheng.kit.ngsild.terms import RELATIONS, SYSTEM

Test = Callable[[Entity, Fetch], bool]
LONGEST, DEEPEST = 4096, 20
TOKEN = re.compile(
    r"""(?P<open>\()|(?P<close>\))|(?P<and>;)|(?P<or>\|)
      |(?P<operator>==|!=|>=|<=|!~=|~=|>|<)
      |(?P<text>"(?:[^"\\]|\\.)*")
      |(?P<comma>,)|(?P<dots>\.\.)
      |(?P<word>[^\s();|=!<>~",\[\]{}]+)
      |(?P<inner>\[[^\]]*\])|(?P<left>\{)|(?P<right>\})|(?P<not>!)|(?P<space>\s+)""",
    re.VERBOSE,
)
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\Z")
# A word may hold a range; a path may not.
RANGE = re.compile(r"(?P<low>.+?)\.\.(?P<high>.+)\Z")
EMPTY: Fetch = lambda _id: None  # noqa: E731


@dataclass(frozen=True)
class Compiled:
    """A compiled query: the test and the attributes on which it rests."""

    test: Test
    attributes: frozenset[str]
    depth: int  # how many links its longest path follows

    @property
    def joins(self) -> bool:
        return self.depth > 0

    def matches(self, entity: Entity, fetch: Fetch = EMPTY) -> bool:
        return self.test(entity, fetch)


def compile_query(
    text: str,
    context: ActiveContext,
    *,
    expand_values: frozenset[str] = frozenset(),
) -> Compiled:
    """Compile, or raise BadRequestData that says where the text stops making sense."""
    if not isinstance(text, str):
        raise BadRequestData("q is a text")
    if len(text) > LONGEST:
        raise BadRequestData("The query is too long")
    parser = _Parser(text, context, expand_values)
    test = parser.alternatives(0)
    parser.end()
    return Compiled(test, frozenset(parser.attributes), parser.depth)


class _Parser:
    def __init__(self, text: str, context: ActiveContext, expand: frozenset[str]) -> None:
        self.text, self.context, self.expand = text, context, expand
        self.tokens = list(self._tokens())
        self.at = 0
        self.attributes: list[str] = []
        self.depth = 0

    def _tokens(self) -> Iterator[tuple[str, str, int]]:
        position = 0
        expects_value = False
        while position < len(self.text):
            found = self._pattern(position) if expects_value else TOKEN.match(self.text, position)
            if found is None or not found[0]:
                raise BadRequestData(f"q cannot be read at {self.text[position:][:40]!r}")
            kind = found.lastgroup or "word"
            if kind != "space":
                yield kind, found[0], position
            expects_value = kind == "operator" and found[0] in {"~=", "!~="}
            position = found.end()

    def _pattern(self, position: int) -> re.Match[str] | None:
        """A regular expression runs to the end of its term; quotes around it are left out."""
        return re.compile(r'"(?:[^"\\]|\\.)*"|(?:\([^()]*\)|\\.|[^;|()])+').match(
            self.text, position
        )

    # -- grammar -------------------------------------------------------------------------

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, kind: str) -> str:
        if self.peek() != kind:
            where = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)
            raise BadRequestData(f"q cannot be read at {self.text[where:][:40] or 'its end'!r}")
        self.at += 1
        return self.tokens[self.at - 1][1]

    def end(self) -> None:
        if self.at < len(self.tokens):
            self.take("end")

    def alternatives(self, depth: int) -> Test:
        if depth > DEEPEST:
            raise BadRequestData("q has too many parentheses")
        tests = [self.conjunction(depth)]
        while self.peek() == "or":
            self.at += 1
            tests.append(self.conjunction(depth))
        if len(tests) == 1:
            return tests[0]
        return lambda entity, fetch: any(test(entity, fetch) for test in tests)

    def conjunction(self, depth: int) -> Test:
        tests = [self.single(depth)]
        while self.peek() == "and":
            self.at += 1
            tests.append(self.single(depth))
        if len(tests) == 1:
            return tests[0]
        return lambda entity, fetch: all(test(entity, fetch) for test in tests)

    def single(self, depth: int) -> Test:
        if self.peek() == "open":
            self.at += 1
            inner = self.alternatives(depth + 1)
            self.take("close")
            return inner
        if self.peek() == "not":
            self.at += 1
            path = self.path(0)
            return lambda entity, fetch: not any(True for _ in targets(path, entity, fetch))
        return self.term()

    def term(self) -> Test:
        path = self.path(0)
        if self.peek() != "operator":
            return lambda entity, fetch: any(True for _ in targets(path, entity, fetch))
        operator = self.take("operator")
        if operator in {"~=", "!~="}:
            return self.pattern(path, negative=operator == "!~=")
        asked = self.values(path)
        if operator in {"==", "!="}:
            return _equality(path, asked, negative=operator == "!=")
        if len(asked) != 1 or isinstance(asked[0], _Range):
            raise BadRequestData(f"{operator} compares with one value")
        return _order(path, operator, asked[0])

    def path(self, depth: int) -> Path:
        if depth > DEEPEST:
            raise BadRequestData("The path in q is too deep")
        word = self.take("word")
        dotted = self._dotted(word)
        trail: tuple[str, ...] = ()
        if depth == 0:
            self.attributes.append(dotted[0])
        if self.peek() == "inner":
            trail = tuple(self.take("inner")[1:-1].split("."))
            if not all(trail):
                raise BadRequestData("Between brackets stands the name of a member")
        if self.peek() != "left":
            return Path(dotted, trail)
        self.depth = max(self.depth, depth + 1)
        self.at += 1
        types = self._type_hints()
        linked = self.path(depth + 1)
        self.take("right")
        return Path(dotted, trail, types, linked)

    def _dotted(self, word: str) -> tuple[str, ...]:
        """Names between dots; an IRI written out is one name."""
        if "://" in word:
            return (word,)
        names = word.split(".")
        if not all(names):
            raise BadRequestData(f"q has an empty name in {word!r}")
        return tuple(each if each in SYSTEM else self._name(each) for each in names)

    def _name(self, word: str) -> str:
        return word if word in PLAIN_TARGETS else self.context.expand(terms.name(word))

    def _type_hints(self) -> tuple[str, ...]:
        """`Device:` or `Device,Sensor:` before the name within braces."""
        found: list[str] = []
        start = self.at
        while self.peek() == "word":
            word = self.tokens[self.at][1]
            head, colon, rest = word.partition(":")
            if colon and "://" not in word:
                found.append(self.context.expand(head))
                kind, _, position = self.tokens[self.at]
                self.tokens[self.at] = (kind, rest, position)
                return tuple(found)
            found.append(self.context.expand(word))
            self.at += 1
            if self.peek() != "comma":
                break
            self.at += 1
        self.at = start
        return ()

    # -- values --------------------------------------------------------------------------

    def values(self, path: Path) -> list[Any]:
        expands = path.names[0] in self.expand
        found = [self.value(expands)]
        while self.peek() == "comma":
            self.at += 1
            found.append(self.value(expands))
        return found

    def value(self, expands: bool) -> Any:
        low = self.literal(expands)
        if self.peek() == "dots":
            self.at += 1
            return _Range(low, self.literal(expands))
        return low

    def literal(self, expands: bool) -> Any:
        if self.peek() == "text":
            text = json.loads(self.take("text"))
            return self.context.expand(text) if expands else text
        word = self.take("word")
        while self.peek() == "word":
            word += self.take("word")
        span = RANGE.match(word)
        if span:
            return _Range(plain(span["low"]), plain(span["high"]))
        if ".." in word and "://" not in word:
            raise BadRequestData(f"{word!r} is half a range")
        return self.context.expand(word) if expands else plain(word)

    def pattern(self, path: Path, *, negative: bool) -> Test:
        raw = self.take("word") if self.peek() == "word" else self.take("text")
        if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
            raw = raw[1:-1]
        if len(raw) > 512:
            raise BadRequestData("The pattern in q is too long")
        try:
            compiled = re.compile(raw)
        except (re.error, RecursionError) as reason:
            raise BadRequestData(f"The pattern in q is not valid: {reason}") from reason

        def test(entity: Entity, fetch: Fetch) -> bool:
            texts = [t for t, _ in targets(path, entity, fetch) if isinstance(t, str)]
            found = any(compiled.search(text[:10_000]) for text in texts)
            return bool(texts) and found is not negative

        return test


@dataclass(frozen=True)
class _Range:
    low: Any
    high: Any


def plain(word: str) -> Any:
    """A value without quotes: a number, true, false, a moment, or text such as a URI."""
    if word in {"true", "false"}:
        return word == "true"
    if NUMBER.match(word):
        return float(word) if any(sign in word for sign in ".eE") else int(word)
    return word


# --- comparing --------------------------------------------------------------------------


def _equality(path: Path, asked: list[Any], *, negative: bool) -> Test:
    def test(entity: Entity, fetch: Fetch) -> bool:
        found = list(targets(path, entity, fetch))
        hit = any(_same(value, each) for value, _ in found for each in asked)
        return bool(found) and hit is not negative

    return test


def _same(value: Any, asked: Any) -> bool:
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if isinstance(value, list):
        return any(_same(each, asked) for each in value)
    if isinstance(asked, _Range):
        low, high = _compare(value, asked.low), _compare(value, asked.high)
        return low is not None and high is not None and low >= 0 >= high
    return _compare(value, asked) == 0


def _order(path: Path, operator: str, asked: Any) -> Test:
    holds: Callable[[int], bool] = {
        ">": lambda sign: sign > 0,
        ">=": lambda sign: sign >= 0,
        "<": lambda sign: sign < 0,
        "<=": lambda sign: sign <= 0,
    }[operator]

    def test(entity: Entity, fetch: Fetch) -> bool:
        for value, kind in targets(path, entity, fetch):
            if kind in RELATIONS:
                continue
            for each in flat(value):
                sign = _compare(each, asked)
                if sign is not None and holds(sign):
                    return True
        return False

    return test


def _compare(value: Any, asked: Any) -> int | None:
    """-1, 0 or 1; ``None`` when the two are not of one data type."""
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if isinstance(value, bool) or isinstance(asked, bool):
        return 0 if value is asked else None
    if isinstance(value, int | float) and isinstance(asked, int | float):
        return (value > asked) - (value < asked)
    if isinstance(value, str) and isinstance(asked, str):
        moments = _moment(value), _moment(asked)
        if moments[0] is not None and moments[1] is not None:
            return (moments[0] > moments[1]) - (moments[0] < moments[1])
        return (value > asked) - (value < asked)
    return None


def _moment(text: str) -> datetime | None:
    if len(text) > 16 and terms.DATE_TIME.match(text):
        try:
            return terms.instant(text)
        except BadRequestData:
            return None
    return None
