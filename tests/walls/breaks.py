"""Ways to break the house, one line each: which check must notice, what is done, what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[str], str]
IDENTITY = "src/pengcheng/domains/identity"
SENSING = "src/pengcheng/domains/sensing"
MANIFEST = f"{IDENTITY}/manifest.toml"
OPS = f"{IDENTITY}/ops/accounts.py"
LIBRARY = "src/pengcheng/domains/services/data/library.toml"


@dataclass(frozen=True)
class Break:
    """One way: the check, the file, its change, and words of the finding."""

    check: str
    path: str
    edit: Edit
    says: str

    def __str__(self) -> str:
        return f"{self.check}: {self.says}"

    def apply(self, root: Path) -> str | None:
        """Change the file; returns what stood there, None when it is new."""
        path = root / self.path
        before = path.read_text("utf-8") if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.edit(before or ""), "utf-8")
        return before

    def undo(self, root: Path, before: str | None) -> None:
        """As it was."""
        path = root / self.path
        if before is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.write_text(before, "utf-8")


def plus(text: str) -> Edit:
    return lambda before: f"{before}\n{text}\n"


def swap(old: str, new: str) -> Edit:
    def edit(before: str) -> str:
        assert old in before, f"{old!r} is no longer there; mend this break"
        return before.replace(old, new, 1)

    return edit


PERMISSION = '[[permission]]\nid = "{id}"\nzh = "甲"\nen = "A"\nroles = ["{role}"]'
SYSTEM = (
    '[[system]]\nid = "{id}"\nstate = "partly"\nentry = "{entry}"\naudience = ["citizen"]\n'
    'tests = ["{test}"]'
)
VIEW = "def bare(request: HttpRequest) -> HttpResponse:\n    return HttpResponse()"
EVENT = 'class Vanished(Event):\n    """x"""\n\n    type: ClassVar[str] = "{type}"'
HEARER = (
    "from pengcheng.domains.identity.events import AccountCreated\n"
    "from pengcheng.kernel.events import hears\n\n\n"
    "@hears(AccountCreated)\ndef on_created(envelope: object, event: AccountCreated) -> None: ..."
)
MODEL = "class Other(models.Model):\n    key = models.{field}"
LONG = "This paragraph stands here only in order to be found a second time, " * 4

MANIFESTS = (
    Break("needs", OPS, plus("from pengcheng.domains.places import api as p"), "imports places"),
    Break("needs", MANIFEST, swap("needs = []", 'needs = ["places"]'), "needs places in the mani"),
    Break(
        "events", f"{IDENTITY}/events.py", plus(EVENT.format(type="identity.a.b")), "not in emits"
    ),
    Break(
        "events", f"{IDENTITY}/events.py", plus(EVENT.format(type="x.a.b")), "does not begin with"
    ),
    Break(
        "events", f"{IDENTITY}/events.py", plus(EVENT.format(type="identity.a.b")), "never emitted"
    ),
    Break("events", MANIFEST, swap("emits = [", 'emits = ["identity.a.b",'), "which no class"),
    Break("events", MANIFEST, swap("hears = [", 'hears = ["a.b.c", '), "no handler does"),
    Break("events", f"{IDENTITY}/handlers.py", plus(HEARER), "not in its manifest"),
    Break("events", OPS, plus(HEARER), "hears outside handlers.py"),
    Break(
        "permissions", MANIFEST, plus(PERMISSION.format(id="identity.a.b", role="admin")), "used n"
    ),
    Break("permissions", MANIFEST, plus(PERMISSION.format(id="x.a.b", role="admin")), "not begin"),
    Break(
        "permissions",
        MANIFEST,
        plus(PERMISSION.format(id="identity.own.read", role="admin")),
        "declared twice",
    ),
    Break(
        "permissions",
        MANIFEST,
        plus(PERMISSION.format(id="identity.a.b", role="emperor")),
        "no role emperor",
    ),
    Break("permissions", OPS, plus('permit(None, "identity.a.b")'), "is in no manifest"),
    Break("library", LIBRARY, plus('[[item]]\nform = "no-such"\nway = "instant"'), "has no form"),
    Break("permissions", f"{IDENTITY}/x.toml", plus('permission = "a.b.c"'), "x.toml: a.b.c is in"),
    Break("permissions", f"{IDENTITY}/web/pages.py", plus('page(permission="a.b.c")'), "in no man"),
    Break("schedules", MANIFEST, swap("handlers.forget_old", "handlers.gone"), "no such @task"),
    Break("schedules", MANIFEST, swap("daily =", "every = 5\ndaily ="), "either every or daily"),
    Break("register", MANIFEST, swap('state = "partly"', 'state = "done"'), "is stale"),
    Break(
        "systems",
        MANIFEST,
        plus(SYSTEM.format(id="x", entry="/sign-in/", test="tests/no_such.py")),
        "there is no tests/no_such.py",
    ),
    Break(
        "systems",
        MANIFEST,
        plus(SYSTEM.format(id="x", entry="/no-such-door/", test="tests/conftest.py")),
        "nothing answers at /no-such-door/",
    ),
    Break("walls", MANIFEST, swap("tier = 1", "tier = 2"), "stale"),
)
CODE = (
    Break("rooms", f"{IDENTITY}/utils.py", plus(""), "not a room"),
    Break("rooms", f"{IDENTITY}/helpers/tools.py", plus(""), "not a room"),
    Break("rooms", "src/pengcheng/domains/common.py", plus(""), "stands beside"),
    Break("lookups", OPS, plus('from django.apps import apps\napps.get_model("a.B")'), "hides an"),
    Break("lookups", f"{SENSING}/api.py", plus("get_user_model()"), "reaches into identity"),
    *(
        Break("clocks", f"{IDENTITY}/ops/broken{number}.py", plus(text), says)
        for number, (text, says) in enumerate(
            (
                ("from django.utils import timezone\ntimezone.now()", "django.utils.timezone.now"),
                ("from datetime import datetime\ndatetime.now()", "datetime.datetime.now"),
                ("import datetime\ndatetime.date.today()", "datetime.date.today"),
                ("import time as t\nt.time()", "time.time"),
                ("from uuid import uuid4\nuuid4()", "uuid.uuid4"),
                ("import random\nrandom.choice([1])", "random.choice"),
                ("from random import Random\nRandom()", "random.Random"),
            )
        )
    ),
    Break(
        "views", f"{IDENTITY}/web/pages.py", swap("@page(public=True)\n@FORM", "@FORM"), "no aud"
    ),
    Break(
        "views",
        f"{IDENTITY}/web/urls.py",
        swap("portal_urls = [", 'portal_urls = [path("x/", lambda request: None),'),
        "plain function",
    ),
    Break(
        "references",
        f"{IDENTITY}/models/__init__.py",
        plus(MODEL.format(field='ForeignKey("places.District", 1)')),
        "leaves identity",
    ),
    Break(
        "references",
        f"{SENSING}/models.py",
        plus(MODEL.format(field="OneToOneField(settings.AUTH_USER_MODEL, 1)")),
        "leaves sensing",
    ),
    Break(
        "references",
        f"{SENSING}/models.py",
        plus(
            "from pengcheng.domains.identity.models import Account\n"
            + MODEL.format(field="ManyToManyField(to=Account)")
        ),
        "leaves sensing",
    ),
    *(
        Break("purity", f"{IDENTITY}/rules/__init__.py", plus(text), says)
        for text, says in (
            ("import httpx", "imports httpx"),
            ("from urllib.request import urlopen", "imports urllib.request"),
            ("from django.db import models", "imports django"),
            ("from pengcheng.kernel import clock", "imports pengcheng.kernel.clock"),
            ("from pengcheng.kernel.permits import permit", "imports pengcheng.kernel.permits"),
            ("open('x')", "open()"),
        )
    ),
    Break("signals", OPS, plus("from django.db.models.signals import post_save"), "in the op"),
    Break(
        "signals",
        f"{IDENTITY}/models/__init__.py",
        plus("class A(models.Model):\n    def save(self): ..."),
        "overridden",
    ),
    Break("settings", OPS, plus('import os\nos.environ.get("PENGCHENG_SECRET_DOOR")'), "not desc"),
    Break("settings", "docs/settings.md", plus("| `PENGCHENG_GONE` | x |"), "read nowhere"),
    Break("settings", "src/pengcheng/shell/settings.py", plus("USE_TZ = True"), "assigned 2 times"),
    Break("documents", "docs/twice.md", plus(f"{LONG}\n\n{LONG}"), "tells again"),
    Break("documents", "docs/twice.md", plus("# One\n\n# One"), "heading twice"),
    Break(
        "languages",
        f"{IDENTITY}/web/templates/identity/sign_in.html",
        plus("<p>Hello there</p>"),
        "literal text",
    ),
    Break("languages", f"{IDENTITY}/web/shown.py", plus('_("Never translated")'), "missing"),
)
IMPORTS = (
    Break(
        "layers",
        "src/pengcheng/kernel/ids.py",
        plus("from pengcheng.domains.identity import api"),
        "pengcheng.kernel is not allowed to import pengcheng.domains:",
    ),
    Break(
        "layers",
        OPS,
        plus("from pengcheng.shell import home"),
        "ops.accounts -> pengcheng.shell.home",
    ),
    Break(
        "layers",
        OPS,
        plus("from pengcheng.domains.command import api as c"),
        "identity is not allowed to import pengcheng.domains.command",
    ),
    Break(
        "layers",
        OPS,
        plus("from pengcheng.domains.places import api as p"),
        "identity is not allowed to import pengcheng.domains.places",
    ),
    Break(
        "layers",
        "src/pengcheng/demo/loader.py",
        plus("from pengcheng.domains.identity.models import Account"),
        "pengcheng.demo.loader -> pengcheng.domains.identity.models",
    ),
    Break(
        "layers",
        f"{IDENTITY}/web/pages.py",
        plus("from pengcheng.domains.identity.models import Account"),
        "identity.web is not allowed to import pengcheng.domains.identity.models",
    ),
    Break(
        "layers",
        f"{IDENTITY}/contracts/__init__.py",
        plus("from pengcheng.domains.identity import rules as r"),
        "identity.contracts is not allowed to import pengcheng.domains.identity.rules",
    ),
    Break(
        "layers",
        f"{IDENTITY}/rules/__init__.py",
        plus("from pengcheng.domains.identity.models import Account"),
        "identity.rules is not allowed to import pengcheng.domains.identity.models",
    ),
    Break("layers", f"{IDENTITY}/utils.py", plus(""), "pengcheng.domains.identity.utils"),
    Break(
        "layers",
        f"{IDENTITY}/events.py",
        plus("import django.db"),
        "identity.events is not allowed to import django",
    ),
    Break(
        "layers",
        f"{IDENTITY}/rules/__init__.py",
        plus("import socket"),
        "rules is not allowed to import socket",
    ),
)
