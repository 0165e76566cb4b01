"""Trusted lists of other cities (ETSI TS 119 612): read, kept, and asked by whoever verifies."""

from pengcheng.kit.trust.judging import (
    MOST,
    Verdict,
    anchors,
    judge,
    judge_chain,
    key_of_chain,
    key_of_header,
)
from pengcheng.kit.trust.lists import ATTESTERS, SIGNERS, ListError, Service, TrustList
from pengcheng.kit.trust.store import Store, store

__all__ = [
    "ATTESTERS",
    "MOST",
    "SIGNERS",
    "ListError",
    "Service",
    "Store",
    "TrustList",
    "Verdict",
    "anchors",
    "judge",
    "judge_chain",
    "key_of_chain",
    "key_of_header",
    "store",
]
