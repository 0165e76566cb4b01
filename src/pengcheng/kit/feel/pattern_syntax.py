"""The grammar of XPath regular expressions, read strictly and written for `regex` (V1)."""

from __future__ import annotations

import re

import regex

from pengcheng.kit.feel.errors import FeelError

_SPACE = " \t\n\r"
_SINGLE = {"n": r"\n", "r": r"\r", "t": r"\t"}
_LITERAL = set("\\|.?*+(){}-[]^$")
_NAME_START = r"\p{L}\p{Nl}_:"
_NAME_PART = _NAME_START + r"\p{M}\p{Nd}\p{Lm}.\-\xb7"
_CLASSES = {
    "s": r"[ \t\n\r]",
    "S": r"[^ \t\n\r]",
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME_PART}]",
    "C": f"[^{_NAME_PART}]",
}
_PROPERTY = re.compile(r"\{([A-Za-z][a-z]?|Is[A-Za-z0-9\-]+)\}")
_REPEAT = re.compile(r"\{([0-9]{1,5})(,([0-9]{1,5})?)?\}")
_MOST_REPEATS = 1000
_DEEPEST = 50
_MOST_COST = 20_000


def translate(pattern: str, flags: str) -> str:
    return _Translator(pattern, flags).translate()


class _Translator:
    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.index = 0
        self.spaced = "x" in flags
        self.dot = "." if "s" in flags else r"[^\n\r]"
        self.end = "$" if "m" in flags else r"\Z"
        self.open: list[int] = []  # groups being read; 0 for one that does not capture
        self.groups = 0
        self.closed: set[int] = set()
        self.repeatable = False
        self.costs = [0]  # of each open bracket: its length with repetitions written out
        self.last = 0  # of what a quantifier would repeat

    def fail(self, message: str) -> FeelError:
        return FeelError(f"the pattern is not valid: {message} at {self.index}")

    def translate(self) -> str:
        out: list[str] = []
        while self.index < len(self.pattern):
            out.append(self._next())
        if self.open:
            raise self.fail("a bracket is not closed")
        return "".join(out)

    def _next(self) -> str:
        char = self.pattern[self.index]
        self.index += 1
        if self.spaced and char in _SPACE:
            return ""
        special = {
            "\\": self._escape,
            "[": self._class,
            "(": self._open,
            ")": self._close,
            "{": self._repeat,
        }.get(char)
        if special is not None:
            return special()
        if char in "*+?":
            return self._quantifier(char)
        return self._plain(char)

    def _plain(self, char: str) -> str:
        self._atom()
        self.repeatable = char not in "|^"
        if char in "]}":
            raise self.fail(f"{char!r} stands alone")
        simple = {".": self.dot, "^": "^", "$": self.end, "|": "|"}.get(char)
        return regex.escape(char) if simple is None else simple

    def _quantifier(self, text: str) -> str:
        if not self.repeatable:
            raise self.fail("nothing to repeat")
        self.repeatable = False
        if self.pattern.startswith("?", self.index):
            self.index += 1
            return text + "?"
        return text

    def _repeat(self) -> str:
        found = _REPEAT.match(self.pattern, self.index - 1)
        if found is None:
            raise self.fail("a repetition is not well formed")
        low, high = int(found.group(1)), int(found.group(3) or found.group(1))
        if high < low or high > _MOST_REPEATS:
            raise self.fail("a repetition is reversed or too large")
        self.index = found.end()
        self._cost(self.last * max(high - 1, 0))
        self.last *= max(high, 1)
        return self._quantifier(found.group())

    def _cost(self, amount: int) -> None:
        self.costs[-1] += amount
        if sum(self.costs) > _MOST_COST:
            raise self.fail("repetitions within repetitions are too many")

    def _atom(self) -> None:
        self.repeatable = True
        self.last = 1
        self._cost(1)

    def _open(self) -> str:
        if len(self.open) >= _DEEPEST:
            raise self.fail("brackets are nested too deeply")
        self.repeatable = False
        self.costs.append(0)
        if self.pattern.startswith("?:", self.index):
            self.index += 2
            self.open.append(0)
            return "(?:"
        if self.pattern.startswith("?", self.index):
            raise self.fail("only (?: is known")
        self.groups += 1
        self.open.append(self.groups)
        return "("

    def _close(self) -> str:
        if not self.open:
            raise self.fail("a bracket closes nothing")
        self.closed.add(self.open.pop())
        self.repeatable = True
        self.last = self.costs.pop()
        self._cost(self.last)
        return ")"

    def _escape(self) -> str:
        self._atom()
        char = self.pattern[self.index : self.index + 1]
        if char.isdecimal() and char.isascii():
            return self._back_reference()
        return self._common_escape()

    def _back_reference(self) -> str:
        stop = self.index + 1
        while stop < len(self.pattern) and self.pattern[self.index : stop + 1].isdigit():
            if int(self.pattern[self.index : stop + 1]) > self.groups:
                break
            stop += 1
        number = int(self.pattern[self.index : stop])
        if number not in self.closed or number == 0:
            raise self.fail("it refers to a group that is not complete")
        self.index = stop
        return f"(?:\\{number})"

    def _common_escape(self) -> str:
        """What may be escaped both inside and outside square brackets."""
        char = self.pattern[self.index : self.index + 1]
        self.index += 1
        if char in ("p", "P"):
            return self._property(char)
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _SINGLE:
            return _SINGLE[char]
        if char and (char in _LITERAL or (self.spaced and char in _SPACE)):
            return f"\\{char}" if char not in _SPACE else regex.escape(char)
        raise self.fail("an unknown escape")

    def _property(self, kind: str) -> str:
        found = _PROPERTY.match(self.pattern, self.index)
        if found is None:
            raise self.fail("a property is not well formed")
        self.index = found.end()
        name = found.group(1)
        if name.startswith("Is"):
            name = "In" + name[2:].replace("-", "")
        return f"\\{kind}{{{name}}}"

    def _class(self, depth: int = 0) -> str:
        if depth > 5:
            raise self.fail("brackets are nested too deeply")
        self._atom()
        negated = self._skip("^")
        items: list[str] = []
        while not self._skip("]"):
            if items and self._skip("-["):
                rest = self._class(depth + 1)
                if not self._skip("]"):
                    raise self.fail("a subtraction ends its class")
                inner = "[" + ("^" if negated else "") + "".join(items) + "]"
                return f"[{inner}--{rest}]"
            items.append(self._class_item())
        if not items:
            raise self.fail("an empty class")
        return "[" + ("^" if negated else "") + "".join(items) + "]"

    def _skip(self, text: str) -> bool:
        if self.pattern.startswith(text, self.index):
            self.index += len(text)
            return True
        return False

    def _class_item(self) -> str:
        first = self._class_char()
        if not self.pattern.startswith("-", self.index) or self.pattern.startswith(
            ("-]", "-["), self.index
        ):
            return first[1]
        self.index += 1
        last = self._class_char()
        if not first[0] or not last[0] or first[0] > last[0]:
            raise self.fail("a range of characters is not well formed")
        return f"{first[1]}-{last[1]}"

    def _class_char(self) -> tuple[str, str]:
        """The character itself, empty for a class escape, and how it is written."""
        char = self.pattern[self.index : self.index + 1]
        if not char or char == "[":
            raise self.fail("a class is not closed")
        self.index += 1
        if char != "\\":
            return char, "\\" + char if char in _LITERAL or char in "&~#" else char
        written = self._common_escape()
        single = {r"\n": "\n", r"\r": "\r", r"\t": "\t"}.get(written)
        if single is not None:
            return single, written
        plain = len(written) == 2 and written[1] in _LITERAL
        return (written[1] if plain else ""), written
