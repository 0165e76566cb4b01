"""Definitions are kept under their own hash, so a running case never changes under its feet."""

from functools import lru_cache

from pengcheng.domains.casework.contracts import Definition
from pengcheng.domains.casework.models import DefinitionRecord
from pengcheng.domains.casework.rules import bundle, seal
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act
from pengcheng.kernel.context import Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Invalid, NotFound

_known = Lookup(lambda sha256: DefinitionRecord.objects.filter(pk=sha256).only("sha256"))


_addressed: dict[int, tuple[Definition, str]] = {}
MOST_ADDRESSED = 512


def address(definition: Definition) -> str:
    """The SHA-256 of the bundle. A caller that comes with the very same object pays once."""
    held = _addressed.get(id(definition))
    if held is not None and held[0] is definition:
        return held[1]
    sha256 = seal.fingerprint(definition)
    if len(_addressed) >= MOST_ADDRESSED:
        _addressed.clear()
    _addressed[id(definition)] = (definition, sha256)
    return sha256


def register(context: Context, definition: Definition) -> str:
    sha256 = address(definition)
    resource = Resource(kind="definition", id=sha256)
    if _known.first(sha256) is not None:
        permit(context, "casework.definition.register", resource)
        return sha256
    with act(context, "casework.definition.register", resource) as acting:
        check(definition, published=False)
        keep(definition)
        acting.note(item=definition.item_code, kind=definition.kind)
    return sha256


def keep(definition: Definition) -> str:
    """Store the bundle under its address, once."""
    body = seal.canonical(definition)
    sha256 = seal.digest(body)
    DefinitionRecord.objects.get_or_create(
        sha256=sha256,
        defaults={
            "kind": definition.kind,
            "item_code": definition.item_code,
            "body": body,
            "registered_at": clock.now(),
        },
    )
    return sha256


def get(context: Context, sha256: str) -> Definition:
    permit(context, "casework.definition.read", Resource(kind="definition", id=sha256))
    return load(sha256)


@lru_cache(maxsize=4096)
def load(sha256: str) -> Definition:
    """The bundle at this address. What is cached cannot go stale: the address is its content."""
    body = stored(sha256)
    if body is None or seal.digest(body) != sha256:
        raise NotFound(
            code="casework.definition.not_found",
            zh="没有该办件定义",
            en="There is no such case definition",
            next_zh="请先登记定义。",
            next_en="Register the definition first.",
        )
    return seal.read_definition(body)


def stored(sha256: str) -> bytes | None:
    """The bytes as they lie in the database now."""
    row = DefinitionRecord.objects.filter(sha256=sha256).first()
    return bytes(row.body) if row else None


def check(definition: Definition, *, published: bool) -> None:
    """Raises Invalid that names each fault with its step and field."""
    errors = bundle.faults(definition, published=published)
    if errors:
        raise Invalid(
            code="casework.definition.invalid",
            zh="办件定义有误",
            en="The case definition is not right",
            next_zh="请按说明更正后重新登记。",
            next_en="Mend what is listed and register it again.",
            errors=errors,
        )
