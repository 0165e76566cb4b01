"""What is refused, in words."""

from __future__ import annotations

from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid, NotFound


def no_seal() -> NotFound:
    return NotFound(
        code="signatures.seal.not_found",
        zh="没有该印章",
        en="There is no such seal",
        next_zh="请返回印章列表。",
        next_en="Go back to the seals.",
    )


def no_request() -> NotFound:
    return NotFound(
        code="signatures.request.not_found",
        zh="没有该用印申请",
        en="There is no such request",
        next_zh="请返回印章列表。",
        next_en="Go back to the seals.",
    )


def not_usable() -> Conflict:
    return Conflict(
        code="signatures.seal.not_usable",
        zh="该印章已停用、注销，或未获此项自动用印授权",
        en="The seal is suspended or retired, or has no standing approval for this",
        next_zh="请联系印章管理人员。",
        next_en="Ask those who keep the seals.",
    )


def not_open() -> Conflict:
    return Conflict(
        code="signatures.request.not_open",
        zh="该用印申请已办结",
        en="The request is closed already",
        next_zh="请刷新页面查看结果。",
        next_en="Load the page again to see how it ended.",
    )


def not_yours() -> Denied:
    return Denied(
        code="signatures.request.not_yours",
        zh="您不能对该申请用印表态：本人申请或已表态的除外，且须具备相应职责",
        en="You cannot answer this request: it is your own, you have answered, or it is not yours",
        next_zh="请由其他有权人员审批。",
        next_en="Another person who may must answer.",
    )


def not_now(zh: str, en: str) -> Conflict:
    return Conflict(
        code="signatures.seal.step_not_possible",
        zh=zh,
        en=en,
        next_zh="请刷新页面查看印章状态。",
        next_en="Load the page again to see the seal's state.",
    )


def wrong(pointer: str, zh: str, en: str) -> Invalid:
    return Invalid(
        code="signatures.request.invalid",
        zh="请检查填写内容",
        en="Look at what was entered",
        next_zh="修改后重试。",
        next_en="Mend it and try again.",
        errors=(FieldError(pointer, zh, en),),
    )
