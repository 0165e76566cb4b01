"""Bring an owner's Chinese catalogue up to what its code says.

    python tools/messages.py src/pengcheng/domains/services [more owners]

New messages come in empty, messages no longer said go out; then fill in the empty ones.
Without arguments every owner is brought up to date.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# In place of this folder, whose `inspect` would be taken for Python's.
sys.path[0] = str(ROOT)

from babel.messages.catalog import Catalog  # noqa: E402
from babel.messages.pofile import read_po, write_po  # noqa: E402

from tools.inspect.languages import (  # noqa: E402
    LANGUAGE,
    catalogue_path,
    check_catalogue,
    messages_of,
    owners,
)


def update(owner: Path) -> list[str]:
    path, said = catalogue_path(owner), messages_of(owner)
    if not len(said) and not path.is_file():
        return []
    catalogue = _kept(path)
    catalogue.update(said, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, catalogue, width=96, no_location=True, sort_output=True, omit_header=True)
    _put_header(path)
    return check_catalogue(owner)


def _kept(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def _put_header(path: Path) -> None:
    """A header without dates or names, so that a catalogue changes only when its words do."""
    lines = (
        "Language: zh_Hans",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "Plural-Forms: nplurals=1; plural=0;",
    )
    head = "".join(f'"{line}\\n"\n' for line in lines)
    path.write_text(f'msgid ""\nmsgstr ""\n{head}\n{path.read_text("utf-8")}', "utf-8")


def main(arguments: list[str]) -> int:
    chosen = [Path(each).resolve() for each in arguments] or list(owners(ROOT))
    left = [line for owner in chosen for line in update(owner)]
    for line in left:
        print(line)
    print(f"messages: {len(chosen)} catalogues brought up to date, {len(left)} things left to do")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
