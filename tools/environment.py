"""Make `.venv` and keep it equal to the pins; needs nothing but Python itself.

python3 tools/environment.py run      what a city needs
python3 tools/environment.py test     and what tests, checks and builds need
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# Most of each is read by every one of the dozen processes that tests begin with.
READ_BY_ALL = (
    *("django", "aiohttp", "psycopg", "cryptography", "babel", "asn1crypto", "pyhanko"),
    *("pyhanko_certvalidator", "webauthn", "joserfc", "google", "pyproj", "pypdf", "lark"),
    *("_pytest", "hypothesis", "pydantic", "playwright", "rdflib", "pyshacl", "urllib3", "click"),
)
LEFT_OUT = r"django/(conf/locale|contrib/gis)/"
COMMAND = """#!{python}
import sys
from pengcheng.shell.cli import main
if __name__ == "__main__":  # the servers' workers import this file again
    sys.exit(main())
"""


def stop(problem: str) -> None:
    raise SystemExit(f"pengcheng: {problem}")


def check_python() -> None:
    if sys.version_info < OLDEST:
        stop(f"Python {sys.version.split()[0]} is too old; 3.11 is needed: apt install python3")
    try:
        import ensurepip  # noqa: F401  # Debian ships Python without it
    except ImportError:
        stop("this Python cannot make environments; install them: apt install python3-venv")


def make_venv() -> None:
    """An environment that works is kept; one of another or vanished Python is made anew."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"]).returncode == 0:
        return
    check_python()
    print("making .venv …", flush=True)
    venv.create(VENV, with_pip=True, clear=VENV.exists(), symlinks=True)


def stamp(kind: str) -> Path:
    return VENV / f".pins-{kind}"


def digest(kind: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{kind}.txt").read_bytes()).hexdigest()


def is_current(kind: str) -> bool:
    return stamp(kind).exists() and stamp(kind).read_text() == digest(kind)


def install(kind: str) -> bool:
    """Install the pins if they changed; the test pins contain those of the city."""
    if is_current(kind):
        return False
    print(f"installing packages ({kind}.txt) …", flush=True)
    if not install_fast(kind) and pip("-r", f"requirements/{kind}.txt"):
        stop("packages could not be installed; the reason is above (network? registry? disk?)")
    stamp(kind).write_text(digest(kind))
    if kind == "test":
        stamp("run").write_text(digest("run"))
    return True


def pip(*arguments: str) -> int:
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--quiet"]
    command += ["--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode


def install_fast(kind: str) -> bool:
    """By uv, in a tenth of pip's time; pip, which every Python has, is the way if that fails."""
    block = re.search(
        r"^uv==.*(?:\n    --hash.*)+", (ROOT / "requirements/test.txt").read_text(), re.M
    )
    if not block:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only:
        only.write(block[0] + "\n")
        only.flush()
        if pip("-r", only.name):
            return False
    command = [PYTHON, "-m", "uv", "pip", "install", "--require-hashes", "--no-deps", "--quiet"]
    command += ["--python", PYTHON, "-r", f"requirements/{kind}.txt", *index()]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def compile_all(kind: str, *, fresh: bool) -> None:
    """Our modules as pip compiles the others, for three processes will read them; and what pip
    does with all packages and uv with none, with those that all tests read.
    """
    folders = ["src"]
    if fresh and kind == "test":
        folders += [str(packages() / name) for name in READ_BY_ALL]
    order = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", LEFT_OUT, *folders]
    subprocess.run(order, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


def packages() -> Path:
    return next((VENV / "lib").glob("python3.*/site-packages"))


def index() -> list[str]:
    """The registry that this machine's pip was told to use: uv does not read pip's settings."""
    asked = [PYTHON, "-m", "pip", "config", "get", "global.index-url"]
    told = (
        os.environ.get("PIP_INDEX_URL")
        or subprocess.run(asked, capture_output=True, text=True).stdout.strip()
    )
    return ["--index-url", told] if told else []


def link() -> None:
    """Put src on the path and the command `pengcheng` beside python: no build, no isolation."""
    write(packages() / "pengcheng-source.pth", f"{ROOT / 'src'}\n")
    write(VENV / "bin" / "pengcheng", COMMAND.format(python=PYTHON), mode=0o755)


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        path.chmod(mode)


def main() -> None:
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    make_venv()
    fresh = install(kind)
    link()
    compile_all(kind, fresh=fresh)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
