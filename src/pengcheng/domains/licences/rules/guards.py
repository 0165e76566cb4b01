"""Why a step is not possible: answered as the problem that people and programs will read."""

from datetime import date

from pengcheng.domains.licences.contracts import State, Step
from pengcheng.domains.licences.rules.table import STEPS, target
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid, NotFound, Problem

LONGEST = 1000


def standing(state: State, valid_until: date | None, today: date) -> State:
    """The state as it counts today: past its last day nothing holds, noted down or not."""
    over = valid_until is not None and valid_until < today
    return State.EXPIRED if over and state in {State.VALID, State.SUSPENDED} else state


def objection(context: Context, holder: str, state: State, step: Step) -> Problem | None:
    """The first reason against the step, or None."""
    rule = STEPS[step]
    if rule.person and holder in {context.actor.id, context.on_behalf_of}:
        return Denied(
            code="licences.licence.own",
            zh="不能处理本人或本单位的证照",
            en="You cannot act on a licence of your own",
            next_zh="请由其他工作人员处理。",
            next_en="Leave it to a colleague.",
        )
    if rule.person and (context.agent is not None or context.actor.kind == "agent"):
        return Denied(
            code="licences.licence.person_decides",
            zh="此操作须由工作人员本人作出",
            en="This is for a person to do, not for an agent",
            next_zh="请登录工作台办理。",
            next_en="Sign in to the workbench.",
        )
    if target(state, step) is None:
        return Conflict(
            code="licences.licence.not_now",
            zh="证照当前状态不允许此操作",
            en="The licence is not in a state that allows this",
            next_zh="请刷新页面，查看证照的最新状态。",
            next_en="Load the page again to see how it stands now.",
        )
    return None


def wording(step: Step, reason: str, legal_basis: str) -> Invalid | None:
    """A step that needs its grounds without them, or grounds beyond measure."""
    errors = []
    for pointer, text, zh, en in (
        ("/reason", reason, "理由", "reason"),
        ("/legal_basis", legal_basis, "法律依据", "legal basis"),
    ):
        if STEPS[step].reason and not text.strip():
            errors.append(FieldError(pointer, f"请填写{zh}", f"Give the {en}"))
        elif len(text) > LONGEST:
            errors.append(FieldError(pointer, f"{zh}不超过1000字", f"Keep the {en} short"))
    return invalid("wording", "请检查理由和依据", "Look at the grounds again", errors)


def invalid(code: str, zh: str, en: str, errors: list[FieldError]) -> Invalid | None:
    if not errors:
        return None
    return Invalid(
        code=f"licences.licence.{code}",
        zh=zh,
        en=en,
        next_zh="请更正后重试。",
        next_en="Correct it and try again.",
        errors=errors,
    )


def not_found() -> NotFound:
    return NotFound(
        code="licences.licence.not_found",
        zh="没有该证照",
        en="There is no such licence",
        next_zh="请核对证照编号。",
        next_en="Check the number.",
    )


def no_type(type_: str) -> Invalid:
    return Invalid(
        code="licences.type.unknown",
        zh="没有该证照类型",
        en="There is no such kind of licence",
        next_zh="请从证照目录中选择。",
        next_en="Choose one of the catalogue.",
        errors=(FieldError("/type", f"未知类型：{type_[:60]}", f"Unknown kind: {type_[:60]}"),),
    )


def stale() -> Conflict:
    """Someone else was faster."""
    return Conflict(
        code="licences.licence.changed",
        zh="证照刚刚已被他人更新",
        en="Someone else has just changed this licence",
        next_zh="您的操作没有生效。请刷新页面后再办理。",
        next_en="Your action had no effect. Load the page again and look before you go on.",
    )


def key_used() -> Conflict:
    return Conflict(
        code="licences.licence.key_used",
        zh="该签发标识已用于另一份证照",
        en="This key was used for another licence",
        next_zh="请使用新的标识。",
        next_en="Use a new key.",
    )


def not_valid() -> Conflict:
    return Conflict(
        code="licences.licence.not_valid",
        zh="证照当前无效，不能出示",
        en="The licence does not hold now and cannot be shown",
        next_zh="请查看证照状态。",
        next_en="See how it stands.",
    )


def no_list() -> NotFound:
    return NotFound(
        code="licences.status.not_found",
        zh="没有该状态列表",
        en="There is no such status list",
        next_zh="请使用证照中的地址。",
        next_en="Use the address that stands in the credential.",
    )


def showing_over() -> NotFound:
    return NotFound(
        code="licences.showing.over",
        zh="出示码已失效",
        en="This code is not valid any more",
        next_zh="请持证人重新出示。",
        next_en="Ask the holder to show it again.",
    )
