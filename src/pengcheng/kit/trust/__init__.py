"""Trusted lists of other cities (ETSI TS 119 612): read, kept, and asked by whoever verifies."""

from pengcheng.kit.trust.judging import Verdict, judge, judge_chain, key_of_header
from pengcheng.kit.trust.lists import ListError, Service, TrustList
from pengcheng.kit.trust.store import Store, store

__all__ = [
    "ListError",
    "Service",
    "Store",
    "TrustList",
    "Verdict",
    "judge",
    "judge_chain",
    "key_of_header",
    "store",
]
