"""Contexts: reading, building and changing them by key."""

from __future__ import annotations

from typing import Any

from pengcheng.kit.feel.builtins.registry import builtin
from pengcheng.kit.feel.errors import FeelError

Context = dict[str, Any]


@builtin("get value", "m: context, key: string")
def get_value(m: Context, key: str) -> Any:
    if key not in m:
        raise FeelError(f"there is no key {key!r}")
    return m[key]


@builtin("get value", "m: context, keys: list")
def get_nested(m: Context, keys: list[Any]) -> Any:
    value: Any = m
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str) or key not in value:
            raise FeelError("there is no such path of keys")
        value = value[key]
    return value


@builtin("get entries", "m: context")
def get_entries(m: Context) -> list[Context]:
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context", "entries: list")
def context(entries: list[Any]) -> Context:
    result: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise FeelError("an entry needs a key and a value")
        key = entry["key"]
        if not isinstance(key, str) or key in result:
            raise FeelError("a key is missing, is not a text, or comes twice")
        result[key] = entry["value"]
    return result


@builtin("context put", "context: context, key: string, value: any")
def context_put(target: Context, key: str, value: Any) -> Context:
    return {**target, key: value}


@builtin("context put", "context: context, keys: list, value: any")
def context_put_deep(target: Context, keys: list[Any], value: Any) -> Context:
    if not keys or not isinstance(keys[0], str):
        raise FeelError("the path of keys is empty or holds something else than texts")
    if len(keys) == 1:
        return {**target, keys[0]: value}
    inner = target.get(keys[0])
    if not isinstance(inner, dict):
        raise FeelError(f"{keys[0]!r} is not a context")
    return {**target, keys[0]: context_put_deep(inner, keys[1:], value)}


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[Any]) -> Context:
    if not all(isinstance(item, dict) for item in contexts):
        raise FeelError("only contexts can be merged")
    return {key: value for item in contexts for key, value in item.items()}
