"""What a machine's refusal is for people."""

from __future__ import annotations

from pengcheng.domains.ledger.rules.language import Refused
from pengcheng.kernel.problems import Conflict, Problem

WORDS = {
    "gas": ("步骤过多，合约已停止", "The call takes too many steps"),
    "overflow": ("数值超出范围", "A number is too large"),
    "division": ("除法无效", "The division has no result"),
    "type": ("数据类型不符", "A value is of the wrong kind"),
    "long": ("文本过长", "A text is too long"),
    "program": ("合约内容有误", "The contract cannot be run"),
    "args": ("参数有误", "The arguments do not fit"),
    "call": ("合约没有该操作", "The contract has no such call"),
    "sender": ("该操作须由其他参与方进行", "This is for another party"),
    "need": ("条件不满足", "A condition is not met"),
    "amount": ("数额有误", "The amount is not right"),
    "funds": ("余额不足", "There are not enough units"),
    "full": ("记录已满", "The table is full"),
    "contract": ("没有该合约", "There is no such contract"),
    "lock": ("没有该锁定，或已结束", "There is no such lock, or it is over"),
    "time": ("时间不符", "It is too early or too late"),
    "preimage": ("原像不符", "This is not what was hashed"),
    "name": ("未写明参与方", "Who is meant is not said"),
    "step": ("步骤有误", "There is no such step"),
}


def told(no: Refused) -> Problem:
    zh, en = WORDS.get(no.code, WORDS["step"])
    return Conflict(
        code=f"ledger.contract.{no.code}",
        zh=zh,
        en=en,
        next_zh="合约未作任何改变，请核对后重试。",
        next_en=f"Nothing was changed. {no.detail}".strip(),
    )
