"""The one place that says who may do what: roles and ownership as the manifests declare them."""

from __future__ import annotations

import msgspec

from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Denied
from pengcheng.kernel.registry import Permission, permissions


class Resource(msgspec.Struct, frozen=True):
    """What is acted upon: its kind and id, and whose it is."""

    kind: str
    id: str = ""
    owner: str | None = None
    organisation: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}" if self.id else self.kind


class Refusal(msgspec.Struct, frozen=True):
    """Why something is not allowed."""

    code: str
    zh: str
    en: str
    next_zh: str
    next_en: str


_SIGN_IN = Refusal(
    "kernel.permit.sign_in",
    "请先登录",
    "You need to sign in first",
    "登录后可继续办理。",
    "Sign in and you can go on.",
)
_NO_RIGHT = Refusal(
    "kernel.permit.no_right",
    "您没有进行此操作的权限",
    "You do not have the right to do this",
    "如需权限，请联系本单位管理员。",
    "If you need it for your work, ask your administrator.",
)
_NO_PURPOSE = Refusal(
    "kernel.permit.no_purpose",
    "未说明使用个人信息的目的",
    "The purpose of using personal data was not stated",
    "请说明目的后重试。",
    "State the purpose and try again.",
)


def refusal(context: Context, action: str, resource: Resource | None = None) -> Refusal | None:
    """Why the act is refused, or None when it is allowed. Raises LookupError for an undeclared
    permission.
    """
    permission = permissions().get(action)
    if permission is None:
        raise LookupError(f"permission {action!r} is declared in no manifest")
    if not _has_right(context, permission, resource):
        return _SIGN_IN if context.actor.kind == "anonymous" else _NO_RIGHT
    if permission.personal and not context.purpose:
        return _NO_PURPOSE
    return None


def allowed(context: Context, action: str, resource: Resource | None = None) -> bool:
    """Whether the act is allowed; writes no audit line."""
    return refusal(context, action, resource) is None


def permit(context: Context, action: str, resource: Resource | None = None) -> None:
    """Raise Denied unless the act is allowed. The refusal is audited when it reaches ``act`` or the
    web's edge.
    """
    reason = refusal(context, action, resource)
    if reason is not None:
        raise denied(reason)


def denied(reason: Refusal) -> Denied:
    """The problem that tells of a refusal."""
    return Denied(
        code=reason.code,
        zh=reason.zh,
        en=reason.en,
        next_zh=reason.next_zh,
        next_en=reason.next_en,
    )


def _has_right(context: Context, permission: Permission, resource: Resource | None) -> bool:
    if "anyone" in permission.roles or context.actor.roles.intersection(permission.roles):
        return True
    return "owner" in permission.roles and _owns(context, resource)


def _owns(context: Context, resource: Resource | None) -> bool:
    """By id alone. The organisation in a context is a text that an administrator types: were it
    compared with owners, typing somebody's id there would open all their matters."""
    if resource is None or not resource.owner:
        return False
    return resource.owner in {context.actor.id, context.on_behalf_of}
