"""Refusals in the words of this domain."""

from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

FORGED = frozenset(
    {"form", "type", "header", "issuer", "algorithm", "signature", "disclosure", "binding",
     "replay", "key", "early", "time"}
)  # fmt: skip
"""Reasons for which a presentation is not believed at all."""


def forged(code: str) -> bool:
    """Also what comes from an authority that no trusted list vouches for."""
    return code in FORGED or code.startswith("foreign_")


def question_over() -> NotFound:
    return NotFound(
        code="wallets.question.over",
        zh="该核验请求已失效",
        en="This question is over",
        next_zh="请核验方重新发起。",
        next_en="Ask the verifier to begin again.",
    )


def answered() -> Conflict:
    return Conflict(
        code="wallets.question.answered",
        zh="该核验请求已得到回应",
        en="This question has been answered already",
        next_zh="如不是您本人所为，请告知核验方。",
        next_en="If that was not you, tell the verifier.",
    )


def refused(told: str) -> Conflict:
    return Conflict(
        code="wallets.presentation.refused",
        zh="核验方未接受本次出示",
        en="The verifier did not take what you showed",
        next_zh="请核验方重新发起后再试。",
        next_en=f"Ask the verifier to begin again ({told}).",
    )


def no_choice() -> Invalid:
    return Invalid(
        code="wallets.presentation.licence",
        zh="请选择一份可出示的证照",
        en="Choose a licence that answers the question",
        next_zh="请返回重新选择。",
        next_en="Go back and choose again.",
        errors=(FieldError("/licence", "请选择证照", "Choose a licence"),),
    )


def bad_question() -> Invalid:
    return Invalid(
        code="wallets.question.unknown",
        zh="没有该核验项",
        en="There is no such question",
        next_zh="请从列表中选择。",
        next_en="Choose one of the list.",
        errors=(FieldError("/question", "请选择", "Choose one"),),
    )
