"""The door of trust: lists of other cities' authorities, and the question whom they cover."""

from pengcheng.domains.trust.contracts import Judgement, ListView
from pengcheng.domains.trust.ops import lists
from pengcheng.kernel.context import Context


def take(*, context: Context, data: bytes, operator: bytes) -> ListView:
    """Put a signed list in force; `operator` is the certificate (PEM) that was agreed on.
    Raises Invalid.
    """
    return lists.take(context, data, operator)


def drop(*, context: Context, territory: str) -> bool:
    """Trust it no more."""
    return lists.drop(context, territory)


def listed(*, context: Context) -> tuple[ListView, ...]:
    """All lists, and whether they count now."""
    return lists.listed(context)


def judge(*, context: Context, certificate: bytes) -> Judgement:
    """Is this issuer's certificate (DER or PEM) trusted, and by which list?"""
    return lists.judge(context, certificate)


def judge_document(*, context: Context, text: str) -> Judgement:
    """Is this SD-JWT VC of an issuer that a list covers, and does its signature hold?"""
    return lists.judge_document(context, text)
