"""The register of company names: invented ones, so that a search finds something in the way."""

from __future__ import annotations

from pengcheng.demo.loader import Tell
from pengcheng.demo.shenzhen import registration
from pengcheng.domains.services.api import registration as companies
from pengcheng.kernel.context import system_context


def load(tell: Tell) -> int:
    """Put the names there that are missing; answers how many there are."""
    names = registration.names()
    companies.add_names(context=system_context("demo"), names=names)
    tell(len(names), len(names))
    return len(names)
