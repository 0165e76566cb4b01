"""The one place that says who may do what: roles and ownership as the manifests declare them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.conf import settings

from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Denied, NeedsProof
from pengcheng.kernel.registry import Permission, permissions


class Resource(msgspec.Struct, frozen=True):
    """What is acted upon: its kind and id, whose it is, and to which service item it belongs."""

    kind: str
    id: str = ""
    owner: str | None = None
    organisation: str | None = None
    item: str = ""
    data: tuple[str, ...] = ()  # which data of the owner are asked for, where that is known

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
_NO_MANDATE = Refusal(
    "kernel.permit.mandate",
    "您的委托不包含此操作，或委托已到期、已终止",
    "Your mandate does not cover this, or it has ended",
    "请停止代办后以本人身份继续，或请委托人重新授权。",
    "Stop acting for the other and go on as yourself, or ask for a wider mandate.",
)
_TOO_WEAK = Refusal(
    "kernel.permit.assurance",
    "此操作需要更强的身份验证",
    "This needs a stronger proof of who you are",
    "请用通行密钥或动态验证码再次验证身份。",
    "Prove who you are once more, with a passkey or a one-time code.",
)


Guard = Callable[[Context, Resource | None], Refusal | None]
"""Asked before personal data are read; what it refuses, no role opens."""

_guards: list[Guard] = []


def guard_personal_data(guard: Guard) -> None:
    """Have every reading of personal data ask this guard too; a domain says so once, at start."""
    if guard not in _guards:
        _guards.append(guard)


def is_personal(action: str) -> bool:
    """Whether the act shows personal data, as its manifest says."""
    permission = permissions().get(action)
    return permission is not None and permission.personal


def refusal(context: Context, action: str, resource: Resource | None = None) -> Refusal | None:
    """Why the act is refused, or None when it is allowed. Raises LookupError for an undeclared
    permission.
    """
    permission = permissions().get(action)
    if permission is None:
        raise LookupError(f"permission {action!r} is declared in no manifest")
    if not _has_right(context, permission, resource):
        if context.mandate is not None:
            return _NO_MANDATE
        return _SIGN_IN if context.actor.kind == "anonymous" else _NO_RIGHT
    if permission.personal:
        unfit = _unfit(context, resource)
        if unfit is not None:
            return unfit
    return None if _sure_enough(context, permission) else _TOO_WEAK


def _unfit(context: Context, resource: Resource | None) -> Refusal | None:
    """Why personal data may not be read although the asker has the right."""
    if not context.purpose:
        return _NO_PURPOSE
    found = (guard(context, resource) for guard in _guards)
    return next((reason for reason in found if reason is not None), None)


def allowed(context: Context, action: str, resource: Resource | None = None) -> bool:
    """Whether the act is allowed; writes no audit line."""
    return refusal(context, action, resource) is None


def permit(context: Context, action: str, resource: Resource | None = None) -> None:
    """Raise Denied unless the act is allowed. The refusal is audited when it reaches ``act`` or the
    web's edge.
    """
    reason = refusal(context, action, resource)
    if reason is not None:
        raise too_weak(wanted_level(action)) if reason is _TOO_WEAK else denied(reason)


def wanted_level(action: str) -> str:
    """How well one must have proved who one is: the installation's word before the manifest's."""
    asked: dict[str, str] = getattr(settings, "PENGCHENG_ASSURANCE", {})
    permission = permissions().get(action)
    return asked.get(action, permission.assurance if permission else "")


def too_weak(level: str) -> NeedsProof:
    """The problem that asks for a better proof."""
    reason = _TOO_WEAK
    problem = NeedsProof(
        code=reason.code,
        zh=reason.zh,
        en=reason.en,
        next_zh=reason.next_zh,
        next_en=reason.next_en,
    )
    problem.level = level
    return problem


def denied(reason: Refusal) -> Denied:
    """The problem that tells of a refusal."""
    return Denied(
        code=reason.code,
        zh=reason.zh,
        en=reason.en,
        next_zh=reason.next_zh,
        next_en=reason.next_en,
    )


def _sure_enough(context: Context, permission: Permission) -> bool:
    """Only people sign in; parts of the system prove themselves by running here."""
    if context.actor.kind in {"system", "anonymous"}:
        return True
    return context.assurance.reaches(wanted_level(permission.id))


def _has_right(context: Context, permission: Permission, resource: Resource | None) -> bool:
    if "anyone" in permission.roles:
        return True
    if context.mandate is not None:
        if not context.mandate.covers(permission.power, _item(resource)):
            return False
    if context.actor.roles.intersection(permission.roles):
        return True
    return "owner" in permission.roles and _owns(context, resource)


def _item(resource: Resource | None) -> str:
    if resource is None:
        return ""
    return resource.id if resource.kind == "item" else resource.item


def _owns(context: Context, resource: Resource | None) -> bool:
    """By id alone. The organisation in a context is a text that an administrator types: were it
    compared with owners, typing somebody's id there would open all their matters."""
    if resource is None or not resource.owner:
        return False
    return resource.owner in {context.actor.id, context.on_behalf_of}
