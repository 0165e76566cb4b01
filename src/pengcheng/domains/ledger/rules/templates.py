"""Contracts to begin with: a notary, an escrow, a quota."""

from __future__ import annotations

from typing import Any

_OPEN: list[Any] = ["=", ["state", "stage"], "funded"]

NOTARY: dict[str, Any] = {
    "name": "notary",
    "params": {"keeper": "who"},
    "state": {"count": 0},
    "tables": ["when"],
    "calls": {
        "record": {
            "args": {"digest": "hash"},
            "need": [["=", ["at", ["state", "when"], ["arg", "digest"], 0], 0]],
            "put": [["when", ["arg", "digest"], ["now"]]],
            "set": {"count": ["+", ["state", "count"], 1]},
        }
    },
}
ESCROW: dict[str, Any] = {
    "name": "escrow",
    "params": {"buyer": "who", "seller": "who", "judge": "who", "amount": "int", "until": "int"},
    "state": {"stage": "agreed"},
    "calls": {
        "fund": {
            "by": [["param", "buyer"]],
            "need": [["=", ["state", "stage"], "agreed"], ["<", ["now"], ["param", "until"]]],
            "take": ["param", "amount"],
            "set": {"stage": "funded"},
        },
        "release": {
            "by": [["param", "buyer"], ["param", "judge"]],
            "need": [_OPEN],
            "pay": [[["param", "seller"], ["balance"]]],
            "set": {"stage": "released"},
        },
        "refund": {
            "by": [["param", "seller"], ["param", "judge"]],
            "need": [_OPEN],
            "pay": [[["param", "buyer"], ["balance"]]],
            "set": {"stage": "refunded"},
        },
        "expire": {
            "need": [_OPEN, [">=", ["now"], ["param", "until"]]],
            "pay": [[["param", "buyer"], ["balance"]]],
            "set": {"stage": "expired"},
        },
    },
}
QUOTA: dict[str, Any] = {
    "name": "quota",
    "params": {"keeper": "who", "limit": "int", "each": "int"},
    "state": {"left": ["param", "limit"]},
    "tables": ["used"],
    "calls": {
        "draw": {
            "args": {"amount": "int"},
            "need": [
                [">", ["arg", "amount"], 0],
                ["<=", ["arg", "amount"], ["state", "left"]],
                [
                    "<=",
                    ["+", ["at", ["state", "used"], ["sender"], 0], ["arg", "amount"]],
                    ["param", "each"],
                ],
            ],
            "put": [
                [
                    "used",
                    ["sender"],
                    ["+", ["at", ["state", "used"], ["sender"], 0], ["arg", "amount"]],
                ]
            ],
            "set": {"left": ["-", ["state", "left"], ["arg", "amount"]]},
        },
        "raise": {
            "args": {"more": "int"},
            "by": [["param", "keeper"]],
            "need": [[">", ["arg", "more"], 0]],
            "set": {"left": ["+", ["state", "left"], ["arg", "more"]]},
        },
    },
}
TEMPLATES = {one["name"]: one for one in (NOTARY, ESCROW, QUOTA)}
