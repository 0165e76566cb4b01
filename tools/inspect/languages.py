"""Both languages are whole: each message has its Chinese, no page speaks past the catalogue."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

from tools.inspect.code import read_once

LANGUAGE = "zh_Hans"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%[sd]|\{\w*\}")
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "content"}
SILENT = {"script", "style", "code", "pre", "meta"}
CLOSING = {"endblocktranslate", "endblocktrans", "endcomment", "endblock"}
LETTER = re.compile(r"[^\W\d_]")
Key = tuple[str, str | None]


def owners(root: Path) -> Iterator[Path]:
    """Who keeps a catalogue of its own: each domain, each part of the kit, the shell, the demo."""
    source = root / "src" / "pengcheng"
    for folder in (source / "domains", source / "kit"):
        yield from sorted(child for child in folder.glob("*") if child.is_dir())
    yield from (source / "kernel", source / "shell", source / "demo")


def catalogue_path(owner: Path) -> Path:
    base = owner / "web" if owner.parent.name == "domains" else owner
    return base / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def messages_of(owner: Path) -> Catalog:
    """Every message the owner's code and templates can say."""
    if not settings.configured:
        settings.configure(USE_I18N=True)  # templatize reads settings
    found = Catalog()
    for path in sorted(owner.rglob("*")):
        if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
            continue
        for _line, message, _comments, context in _extract(path):
            found.add(message, context=context)
    return found


def check(root: Path) -> list[str]:
    found: list[str] = []
    for owner in owners(root):
        found += check_catalogue(owner)
        for template in sorted(owner.rglob("templates/**/*.html")):
            name = template.relative_to(root)
            found += [f"{name}:{line}: {text}" for line, text in literal_text(template)]
    return found + check_agreement(root)


def check_agreement(root: Path) -> list[str]:
    """Django merges all catalogues, so a message said in two ways comes out wrong for one owner."""
    said: dict[Key, tuple[str, Any]] = {}
    found = []
    for owner in owners(root):
        for message in filter(lambda each: each.id, _read(catalogue_path(owner))):
            first, text = said.setdefault(_key(message), (owner.name, message.string))
            if text != message.string and all(_texts(message.string)):
                words = f"{_key(message)[0]!r} is {text!r} in {first}, {message.string!r} here"
                found.append(f"{owner.name}: said in two ways: {words}; agree or give a context")
    return found


def check_catalogue(owner: Path) -> list[str]:
    path = catalogue_path(owner)
    said = {_key(message): message for message in messages_of(owner) if message.id}
    if not path.is_file():
        return [f"{owner.name}: no {LANGUAGE} catalogue for {len(said)} messages"] if said else []
    catalogue = _read(path)
    kept = {_key(message): message for message in catalogue if message.id}
    found = [f"missing: {key[0]!r}" for key in said if key not in kept]
    found += [f"obsolete: {key[0]!r}" for key in kept if key not in said]
    found += [f"obsolete: {message.id!r}" for message in catalogue.obsolete.values()]
    for message in kept.values():
        found += _faults(message)
    return [f"{owner.name}: {line}" for line in found]


def _read(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


@read_once
def _extract(path: Path) -> tuple[tuple[int, Any, list[str], str | None], ...]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        # templatize keeps the page's indentation, which Python's tokenizer would reject.
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    return tuple(extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS))


def _key(message: Message) -> Key:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return singular, message.context


def _texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _faults(message: Message) -> list[str]:
    name, wanted = repr(_key(message)[0]), _texts(message.id)[-1]
    given = _texts(message.string)
    if not all(given):
        return [f"empty: {name}"]
    faults = [f"fuzzy: {name}"] if message.fuzzy else []
    for text in given:
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(wanted)):
            faults.append(f"placeholders differ: {name}")
    return faults


# -- text that stands in a template without being translatable -------------------------------


def literal_text(template: Path) -> list[tuple[int, str]]:
    reader = _Reader()
    reader.feed(_without_tags(template.read_text("utf-8")))
    return reader.found


def _without_tags(text: str) -> str:
    """The template's own HTML, line for line; tags and translated blocks leave only newlines."""
    kept, inside = [], False
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.BLOCK:
            words = token.contents.split() or [""]
            inside = (inside or _opens_silence(words)) and words[0] not in CLOSING
        plain = token.token_type == TokenType.TEXT and not inside
        kept.append(token.contents if plain else "\n" * token.contents.count("\n"))
    return "".join(kept)


def _opens_silence(words: list[str]) -> bool:
    if words[0] == "block":  # such a block fills an attribute of the layout
        return words[-1].endswith(("_class", "_color"))
    return words[0] in {"blocktranslate", "blocktrans", "comment"}


class _Reader(HTMLParser):
    """Text in an element with its own `lang` is deliberate: a name said in that language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        deliberate = ("lang" in names and tag != "html") or tag in SILENT
        for name in SPOKEN & names.keys() if not deliberate else ():
            if names[name] and LETTER.search(names[name] or ""):
                self.found.append((self.getpos()[0], f"literal {name}: {names[name]!r}"))
        if tag not in {"meta", "link", "input", "img", "br", "hr", "use", "path", "circle", "rect"}:
            self.open.append((tag, deliberate))

    def handle_endtag(self, tag: str) -> None:
        while self.open and any(name == tag for name, _silent in self.open):
            if self.open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if LETTER.search(data) and not any(silent for _tag, silent in self.open):
            self.found.append((self.getpos()[0], f"literal text: {data.strip()[:60]!r}"))
