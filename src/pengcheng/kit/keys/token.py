"""Private keys in a PKCS#11 token (a hardware security module), for rings that are told so.

Opened at the first signature, so after every fork; a lock makes one signature at a time. What a
token refuses is said in one line: nothing signs with a file instead.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from secrets import token_bytes
from threading import RLock
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from django.conf import settings

from pengcheng.kernel.problems import Unavailable

_lock = RLock()
_open: dict[str, Any] = {}  # the session, and the process that loaded the library


class TokenKey(ec.EllipticCurvePrivateKey):
    """A P-256 key that signs within the token and never leaves it."""

    def __init__(self, label: str, public: ec.EllipticCurvePublicKey) -> None:
        self.label, self._public = label, public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """DER of r and s, over SHA-256."""
        hashed = isinstance(signature_algorithm.algorithm, Prehashed)
        digest = bytes(data) if hashed else hashlib.sha256(data).digest()
        with _session() as (pkcs11, session):
            key = _find(pkcs11, session, self.label, pkcs11.ObjectClass.PRIVATE_KEY)
            raw = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        return encode_dss_signature(*(int.from_bytes(part, "big") for part in (raw[:32], raw[32:])))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        raise TypeError("a key in a token only signs")

    def private_numbers(self) -> NoReturn:
        raise TypeError("a key in a token stays there")

    def private_bytes(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a key in a token stays there")

    def __copy__(self) -> TokenKey:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> TokenKey:
        return self


def holds(purpose: str) -> bool:
    """Whether the keys of a ring are to be in the token."""
    return purpose in settings.PENGCHENG_PKCS11_KEYS


def make(purpose: str, name: Callable[[ec.EllipticCurvePublicKey], str]) -> TokenKey:
    """A new key pair; ``name`` tells its label from the public part."""
    with _session() as (pkcs11, session):
        curve = {pkcs11.Attribute.EC_PARAMS: _curve()}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
        public, private = parameters.generate_keypair(
            id=token_bytes(16), label=purpose, store=True,
            mechanism=pkcs11.Mechanism.EC_KEY_PAIR_GEN,
            private_template={pkcs11.Attribute.EXTRACTABLE: False},
        )  # fmt: skip
        point = bytes(public[pkcs11.Attribute.EC_POINT])[2:]  # within an OCTET STRING
        known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        for half in (public, private):
            half[pkcs11.Attribute.LABEL] = name(known)
    return TokenKey(name(known), known)


def destroy(label: str) -> None:
    with _session() as (pkcs11, session):
        for kind in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
            _find(pkcs11, session, label, kind).destroy()


def look(labels: list[str]) -> None:
    """Whether the token opens and has these keys. Raises Unavailable."""
    with _session() as (pkcs11, session):
        for label in labels:
            _find(pkcs11, session, label, pkcs11.ObjectClass.PRIVATE_KEY)


def close() -> None:
    """The session ends; the next signature opens another."""
    with _lock, suppress(Exception):
        _open.pop("session").close()


def _curve() -> bytes:
    encoded: bytes = import_module("pkcs11.util.ec").encode_named_curve_parameters("secp256r1")
    return encoded


def _find(pkcs11: Any, session: Any, label: str, kind: Any) -> Any:
    return session.get_key(object_class=kind, label=label)


@contextmanager
def _session() -> Iterator[tuple[Any, Any]]:
    """The process's session, alone; after any refusal the next one opens anew."""
    with _lock:
        pkcs11 = _package()
        try:
            if "session" not in _open or _open["process"] != os.getpid():
                _begin(pkcs11)
            yield pkcs11, _open["session"]
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            close()
            raise _told(error) from error


def _begin(pkcs11: Any) -> None:
    pin = _pin()
    library = pkcs11.lib(settings.PENGCHENG_PKCS11_MODULE)
    if _open.get("process", os.getpid()) != os.getpid():
        library.reinitialize()  # what a fork inherits does not work in it
    _open["process"] = os.getpid()
    found = library.get_token(token_label=settings.PENGCHENG_PKCS11_TOKEN)
    _open["session"] = found.open(user_pin=pin, rw=True)


def _package() -> Any:
    module = settings.PENGCHENG_PKCS11_MODULE
    if not module or not Path(module).is_file():
        raise _unavailable(
            "module", f"no PKCS#11 module at {module!r}", f"未找到 PKCS#11 模块 {module!r}",
            "Set PENGCHENG_PKCS11_MODULE.", "请设置 PENGCHENG_PKCS11_MODULE。",
        )  # fmt: skip
    try:
        return import_module("pkcs11")
    except ModuleNotFoundError as error:
        raise _unavailable(
            "package", "the package python-pkcs11 is missing", "缺少软件包 python-pkcs11",
            "Install pengcheng[hsm].", "请安装 pengcheng[hsm]。",
        ) from error  # fmt: skip


def _pin() -> str:
    path = Path(settings.PENGCHENG_PKCS11_PIN_FILE or "-")
    if path.is_file() and not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return path.read_text("utf-8").strip()
    raise _unavailable(
        "pin_file", "no PIN file that only its owner may read", "没有仅所有者可读的 PIN 文件",
        "Set PENGCHENG_PKCS11_PIN_FILE and give the file mode 0600.",
        "请设置 PENGCHENG_PKCS11_PIN_FILE，并将文件权限设为 0600。",
    )  # fmt: skip


_REFUSALS = {
    "PinIncorrect": ("the token refuses the PIN", "令牌拒绝该 PIN"),
    "PinLenRange": ("the token refuses the PIN", "令牌拒绝该 PIN"),
    "PinLocked": ("the token has locked its PIN", "令牌的 PIN 已锁定"),
    "NoSuchToken": ("there is no token of that label", "没有该标签的令牌"),
    "NoSuchKey": ("the token does not have the key", "令牌中没有该密钥"),
}


def _told(error: Exception) -> Unavailable:
    name = type(error).__name__
    en, zh = _REFUSALS.get(name, (f"the token fails: {name}", f"令牌出错：{name}"))
    return _unavailable(
        "refused",
        en,
        zh,
        "Check the PENGCHENG_PKCS11_ settings.",
        "请检查 PENGCHENG_PKCS11_ 设置。",
    )


def _unavailable(what: str, en: str, zh: str, next_en: str, next_zh: str) -> Unavailable:
    return Unavailable(
        code=f"kit.token.{what}", en=en + ".", zh=zh + "。", next_en=next_en, next_zh=next_zh
    )


def misplaced(purpose: str) -> Unavailable:
    """The ring is told to be in the token, but its present key is a file."""
    return _unavailable(
        "misplaced", f"the key of {purpose} is a file, not in the token",
        f"{purpose} 的密钥仍在文件中，不在令牌中",
        f"Run: pengcheng keys rotate {purpose}", f"请运行：pengcheng keys rotate {purpose}",
    )  # fmt: skip
