"""What people are told when the means of their account, or somebody's right to act, changed.

Identity and messages stand side by side and cannot call each other; this tier knows both.
"""

from __future__ import annotations

from pengcheng.domains.identity import api as identity
from pengcheng.domains.messages import api as messages
from pengcheng.domains.messages.contracts import About, Text, Values
from pengcheng.kernel.context import Context

SECURITY = "/account/security/"
MANDATES = "/account/mandates/"
CHANGES = {
    "passkey_added": Text("已添加通行密钥", "A passkey was added"),
    "passkey_removed": Text("已移除通行密钥", "A passkey was removed"),
    "one_time_added": Text("已启用动态验证码", "One-time codes were set up"),
    "one_time_removed": Text("已停用动态验证码", "One-time codes are no longer asked for"),
    "recovery_codes_made": Text("已重新生成恢复码", "New recovery codes were made"),
    "recovery_begun": Text("窗口已受理账户恢复", "Recovery of your account was begun at a counter"),
    "recovery_confirmed": Text(
        "窗口已复核账户恢复，原登录方式已失效",
        "Recovery of your account was confirmed; your old means to sign in are void",
    ),
    "recovery_refused": Text("账户恢复未通过复核", "Recovery of your account was refused"),
    "recovered": Text("已凭恢复码重设密码", "Your password was set with a code from the counter"),
}
TO_AGENT = {
    "given": Text("有人请您代为办理", "Somebody asks you to act for them"),
    "ended": Text("代办授权已终止", "A mandate has ended"),
}
TO_PRINCIPAL = {
    "accepted": Text("代办人已接受授权", "Your mandate was accepted"),
    "declined": Text("代办人已谢绝授权", "Your mandate was declined"),
    "claimed": Text("有人依据人口登记代您办理", "Somebody acts for you by the population register"),
    "ended": TO_AGENT["ended"],
}


def tell_of_change(context: Context, account_id: str, change: str, cause: str) -> None:
    """Tell an account's owner; a change without words is silent."""
    text = CHANGES.get(change)
    if text is None:
        return
    messages.send(
        context=context,
        to=account_id,
        template="services.account.changed",
        values={"change": text},
        about=About("account", account_id, SECURITY),
        idempotency_key=f"services.account.changed/{cause}",
    )


def tell_of_mandate(
    context: Context, mandate_id: str, change: str, *, principal: str, agent: str, cause: str
) -> None:
    """Tell both sides, each in its own words and with the other's name."""
    told = ((agent, principal, TO_AGENT), (principal, agent, TO_PRINCIPAL))
    for to, other, words in told:
        text = words.get(change)
        if text is None:
            continue
        name = identity.find(context.for_purpose("service.notice"), account_id=other)
        values: Values = {"change": text, "other": Text(name.name("zh-hans"), name.name("en"))}
        messages.send(
            context=context,
            to=to,
            template="services.mandate.changed",
            values=values,
            about=About("mandate", mandate_id, MANDATES),
            idempotency_key=f"services.mandate.changed/{to}/{cause}",
        )
