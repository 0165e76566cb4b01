"""The words of a closed case's record, for whoever reads it without this product."""

from pengcheng.domains.casework.contracts import Dossier, JournalEntry
from pengcheng.kernel import clock
from pengcheng.kit.letters import Part, Section

STEPS = {
    "open": ("提交申请", "Applied"),
    "accept": ("受理", "Accepted"),
    "claim": ("签收", "Claimed"),
    "release": ("退回待办", "Released"),
    "assign": ("指派", "Assigned"),
    "request_correction": ("一次性告知补正", "Correction asked for"),
    "supplement": ("补正", "Supplemented"),
    "evidence": ("补充材料", "Evidence added"),
    "grant_by_rule": ("规则准予", "Granted by rule"),
    "refuse_by_rule": ("规则不予", "Refused by rule"),
    "grant": ("准予", "Granted"),
    "refuse": ("不予", "Refused"),
    "withdraw": ("撤回", "Withdrawn"),
    "appeal": ("申请复核", "Appealed"),
    "uphold": ("维持", "Upheld"),
    "overturn": ("改变决定", "Overturned"),
    "letter": ("送达文书", "Letter sent"),
    "close": ("办结归档", "Closed"),
    "suspend": ("中止计时", "Suspended"),
    "resume": ("恢复计时", "Resumed"),
}
"""Steps that readers ask for in words; others stand by their code."""
OUTCOMES = {"granted": ("准予", "granted"), "refused": ("不予", "refused")}


def part(found: Dossier, lang: str) -> Part:
    case, english = found.case, lang == "en"
    heads = (
        ("Application", "Materials", "What happened", "Result", "Journal")
        if english
        else ("申请内容", "申请材料", "办理过程", "办理结果", "过程记录")
    )
    bodies = (
        "\n".join(
            f"{one.label.zh if not english else one.label.en or one.label.zh}: {one.text(lang)}"
            for one in case.submission.answers
        ),
        "\n".join(
            f"{one.label.en if english and one.label.en else one.label.zh} "
            f"({one.trust}) {one.sha256[:16]}"
            for one in case.submission.evidence
        ),
        "\n".join(_line(one, lang) for one in found.journal),
        _result(found, english=english),
        _sealed(found, english=english),
    )
    return Part(
        lang=lang,
        office=(case.department_en if english else "") or case.department,
        title=(case.title.en if english else "") or case.title.zh,
        reference_label="Case" if english else "办件编号",
        to=case.owner.name,
        sections=tuple(
            Section(head, body) for head, body in zip(heads, bodies, strict=True) if body
        ),
        day=str(clock.local(case.updated_at).date()),
        note="Rendition of the archived data; the data beside it prevail."
        if english
        else "本件由归档数据生成，供阅读；以包内数据为准。",
    )


def _line(one: JournalEntry, lang: str) -> str:
    words = STEPS.get(one.step.value)
    step = words[1 if lang == "en" else 0] if words else one.step.value
    at = clock.local(one.at).strftime("%Y-%m-%d %H:%M")
    told = " · ".join(filter(None, (one.actor_name, one.told(lang))))
    return f"{one.seq}. {at}  {step}" + (f"  {told}" if told else "")


def _result(found: Dossier, *, english: bool) -> str:
    case = found.case
    words = OUTCOMES.get(case.outcome or "")
    told = words[1 if english else 0] if words else case.state.value
    return "\n".join(filter(None, (told, case.legal_basis)))


def _sealed(found: Dossier, *, english: bool) -> str:
    whole = ("whole", "完整") if found.report.intact else ("in doubt", "存疑")
    lines = f"{found.report.entries}, SHA-256 {found.report.head}"
    return f"{whole[0] if english else whole[1]}; {lines}"
