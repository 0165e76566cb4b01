"""The templates of all domains, read once from the files `data/messages*.toml` beside each."""

import tomllib
from functools import cache

from pengcheng.domains.messages.contracts import Template
from pengcheng.domains.messages.rules import templates
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.registry import DOMAINS, manifests


@cache
def catalogue() -> dict[str, Template]:
    """Every template by id. Raises ValueError when one is wrong."""
    found: dict[str, Template] = {}
    for manifest in manifests():
        for path in sorted((DOMAINS / manifest.id / "data").glob("messages*.toml")):
            content = tomllib.loads(path.read_text("utf-8"))
            found |= {one.id: one for one in templates.read(content, manifest.id)}
    return found


def template(name: str) -> Template:
    known = catalogue().get(name)
    if known is None:
        raise NotFound(
            code="messages.template.not_found",
            zh="没有该消息模板",
            en="There is no such template",
        )
    return known
