"""Bring the front-end packages and the compiled translations to where the server looks for them.

    python -m tools.assets [--force]

npm installs the locked packages without running any of their code, the files named in FILES are
copied to the git-ignored vendor folder, and every .po beside the code is compiled to .mo.
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "pengcheng"
MODULES = ROOT / "node_modules"
VENDOR = SOURCE / "shell" / "static" / "vendor"
STAMP = VENDOR / ".stamp"

# name in vendor: (package, file in the package)
FILES = {
    "govuk-frontend.css": ("govuk-frontend", "dist/govuk/govuk-frontend.min.css"),
    "govuk-frontend.js": ("govuk-frontend", "dist/govuk/govuk-frontend.min.js"),
    "tabler.css": ("@tabler/core", "dist/css/tabler.min.css"),
    "tabler.js": ("@tabler/core", "dist/js/tabler.min.js"),
    "echarts.mjs": ("echarts", "dist/echarts.esm.min.mjs"),
    "maplibre-gl.mjs": ("maplibre-gl", "dist/maplibre-gl.mjs"),
    "maplibre-gl-worker.mjs": ("maplibre-gl", "dist/maplibre-gl-worker.mjs"),
    "maplibre-gl.css": ("maplibre-gl", "dist/maplibre-gl.css"),
    "pmtiles.js": ("pmtiles", "dist/pmtiles.js"),
    "qr/decode.js": ("qr", "decode.js"),
    "qr/index.js": ("qr", "index.js"),
}
# The GDS font and the crest may not be used off gov.uk; not even their names are shipped.
FORBIDDEN = re.compile(r"gds|transport|crown|crest|gov\.uk", re.IGNORECASE)
FONT_FACE = re.compile(r"(/\*![^*]*\*/)?@font-face\{[^}]*\}")
FONT_FAMILY = re.compile(r"font-family:GDS Transport[^;}]*;?")
RULE = re.compile(r"[^{}]*\{[^{}]*\}")


class AssetsError(Exception):
    """One line that says what is missing and what to do."""


def without_foreign_brand(css: str) -> str:
    """The stylesheet without font files, font names and coat of arms."""
    css = FONT_FACE.sub("", css)
    css = FONT_FAMILY.sub("", css)
    return RULE.sub(lambda rule: "" if FORBIDDEN.search(rule[0]) else rule[0], css)


def without_source_map(text: str) -> str:
    """The maps are not shipped, so the browser should not ask for them."""
    return re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?", "", text)


def inputs() -> Iterator[Path]:
    yield from (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))


def stamp_of(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install() -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise AssetsError("npm or node is missing: install them (Debian: apt-get install npm).")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise AssetsError(f"npm ci failed, check the network and the registry: {' '.join(reason)}")


def copy() -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, (package, inside) in FILES.items():
        text = without_source_map((MODULES / package / inside).read_text("utf-8"))
        if name == "govuk-frontend.css":
            text = without_foreign_brand(text)
        (VENDOR / name).parent.mkdir(exist_ok=True)
        (VENDOR / name).write_text(text, "utf-8")
        packed = gzip.compress(text.encode(), mtime=0)  # whitenoise sends it to who can read it
        (VENDOR / f"{name}.gz").write_bytes(packed)
        lines.append(bill_line(name, package, text))
    (VENDOR / "SBOM.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def bill_line(name: str, package: str, text: str) -> str:
    about = json.loads((MODULES / package / "package.json").read_text("utf-8"))
    line = {
        "file": name,
        "package": package,
        "version": about["version"],
        "licence": about["license"],
        "purl": f"pkg:npm/{package.replace('@', '%40')}@{about['version']}",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return json.dumps(line)


def fetch(*, force: bool) -> bool:
    """Bring the vendor folder up to date; False when it already was."""
    wanted = stamp_of(inputs())
    complete = all((VENDOR / name).is_file() for name in [*FILES, "SBOM.json"])
    if not force and complete and STAMP.is_file() and STAMP.read_text() == wanted:
        return False
    install()
    copy()
    STAMP.write_text(wanted)
    return True


def compile_messages(root: Path = SOURCE) -> int:
    """Every .po whose .mo is absent or older."""
    done = 0
    for po in sorted(root.rglob("locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.is_file() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name)
        with mo.open("wb") as target:
            write_mo(target, catalogue)
        done += 1
    return done


def main(arguments: list[str]) -> int:
    try:
        with ThreadPoolExecutor(1) as beside:  # npm is waited for while messages are compiled
            fetching = beside.submit(fetch, force="--force" in arguments)
            compiled = compile_messages()
            fetched = fetching.result()
    except AssetsError as problem:
        print(f"assets: {problem}", file=sys.stderr)
        return 1
    state = "copied" if fetched else "unchanged"
    print(f"assets: front-end files {state}, {compiled} translations compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
