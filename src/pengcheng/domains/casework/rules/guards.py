"""Why a step is not possible: answered as the problem that people and programs will read."""

from collections.abc import Callable
from datetime import date

import msgspec

from pengcheng.domains.casework.contracts import ONE_WINDOW, State, Step
from pengcheng.domains.casework.rules.fold import CaseState
from pengcheng.domains.casework.rules.process.status import is_open
from pengcheng.domains.casework.rules.table import STEPS, target
from pengcheng.kernel.context import Context
from pengcheng.kernel.problems import Conflict, Denied, FieldError, Invalid, Problem


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants the step, as far as the case is concerned."""

    id: str
    party: str  # owner | official | system
    groups: frozenset[str] = frozenset()
    by_agent: bool = False


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the guards look at beside the folded state."""

    group: str
    concerned: frozenset[str]  # the owner and whoever handed in for them
    today: date
    handlers: frozenset[str] = frozenset()  # whose own work this case looks into
    barred: frozenset[Step] = frozenset()  # steps that something else has to come before
    by_step: bool = False  # a decision step of the process speaks, not a table from outside


Guard = Callable[[CaseState, Facts, Step, Asker], Problem | None]


def groups_of(context: Context) -> frozenset[str]:
    """The candidate groups an official serves: the common counter and the own organisation."""
    return frozenset({ONE_WINDOW} | ({context.organisation} if context.organisation else set()))


def asker(context: Context, owner: str) -> Asker:
    """The party in which the actor meets this case; who owns it is never its official."""
    actor = context.actor
    own = owner in {actor.id, context.on_behalf_of}
    party = "owner" if own else "system" if actor.kind == "system" else "official"
    return Asker(
        id=actor.id,
        party=party,
        groups=groups_of(context),
        by_agent=context.agent is not None or actor.kind == "agent",
    )


def objection(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    """The first reason against the step, or None."""
    for guard in _GUARDS:
        problem = guard(case, facts, step, who)
        if problem is not None:
            return problem
    return None


def _own_case(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if who.party == "system" or "official" not in STEPS[step].by:
        return None
    return own_case() if who.id in facts.concerned else None


def own_case() -> Denied:
    return Denied(
        code="casework.case.own",
        zh="不能办理本人提交的申请",
        en="You cannot handle an application of your own",
        next_zh="请由其他工作人员办理。",
        next_en="Leave it to a colleague.",
    )


def _own_work(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if "official" not in STEPS[step].by or who.id not in facts.handlers:
        return None
    return Denied(
        code="casework.case.own_work",
        zh="不能核查本人经办的办件",
        en="You cannot look into work of your own",
        next_zh="请由监督岗位的其他人员核查。",
        next_en="Another supervisor has to do it.",
    )


def _barred(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if step not in facts.barred:
        return None
    return _conflict(
        "not_yet",
        "请先完成核实和整改，再作答复",
        "Verify and mend before you reply",
    )


def _party(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    return None if who.party in STEPS[step].by else not_your_step()


def not_your_step() -> Denied:
    return Denied(
        code="casework.case.not_your_step",
        zh="此步骤不由您办理",
        en="This step is not yours to take",
        next_zh="请返回办件查看可办理的操作。",
        next_en="Go back to the case to see what you can do.",
    )


def _group(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if who.party != "official" or step == Step.MIGRATE:  # supervisors serve the whole city
        return None
    return None if facts.group in who.groups or case.assignee_id == who.id else other_group()


def other_group() -> Denied:
    return Denied(
        code="casework.case.other_group",
        zh="该办件不在您所在的办理组",
        en="This case belongs to another group",
        next_zh="请由该组工作人员办理。",
        next_en="An official of that group can handle it.",
    )


def _taken(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if step != Step.CLAIM or not case.assignee_id or case.state not in _CLAIMED:
        return None
    if case.assignee_id == who.id:
        return _conflict("already_yours", "该办件已在您名下", "You already have this case")
    name = case.assignee_name
    return _conflict("taken", f"该办件已由{name}认领", f"{name} has already claimed this case")


def _officials_first(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    """A table from outside decides only while no official has the case."""
    if step not in {Step.GRANT_BY_RULE, Step.REFUSE_BY_RULE} or facts.by_step:
        return None
    return not_now() if case.state in _CLAIMED else None


def _steps_open(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    """Nothing is granted over the heads of those who still look at it."""
    if step != Step.GRANT or not is_open(case.process):
        return None
    return _conflict("steps_open", "流程中还有未完成的步骤", "Steps of the process are still open")


_CLAIMED = {State.IN_REVIEW, State.APPEALED, State.SUPPLEMENTED, State.CORRECTION_REQUESTED}


def _allowed_now(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    return not_now() if target(case.state, step) is None else None


def not_now() -> Conflict:
    return Conflict(
        code="casework.case.not_now",
        zh="办件当前状态不允许此操作",
        en="The case is not in a state that allows this",
        next_zh="请刷新页面，查看办件的最新状态。",
        next_en="Load the page again to see how the case stands now.",
    )


def _mine(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if not STEPS[step].mine or case.assignee_id == who.id:
        return None
    if not case.assignee_id:
        return _conflict("claim_first", "请先认领该办件", "Claim the case first")
    name = case.assignee_name
    return _conflict("not_yours", f"该办件由{name}办理", f"{name} is handling this case")


def _person(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    return person_decides() if STEPS[step].person and who.by_agent else None


def person_decides() -> Denied:
    return Denied(
        code="casework.case.person_decides",
        zh="决定须由工作人员本人作出",
        en="A decision is made by a person, not by an agent",
        next_zh="请登录工作台办理。",
        next_en="Sign in to the workbench to decide.",
    )


def _correction_once(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    return correction_once(case) if step == Step.REQUEST_CORRECTION else None


def correction_once(case: CaseState) -> Problem | None:
    """One notice for the whole case, whoever sends it."""
    if not case.correction_used:
        return None
    return _conflict(
        "correction_used",
        "补正通知只能发出一次",
        "Corrections can be asked for only once",
    )


def _appeal_in_time(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    if step != Step.APPEAL or case.open_until is None or facts.today <= case.open_until:
        return None
    return _conflict("appeal_over", "申请复核的期限已过", "The time to appeal is over")


def _fresh_eyes(case: CaseState, facts: Facts, step: Step, who: Asker) -> Problem | None:
    on_appeal = case.state == State.APPEALED and step in {Step.CLAIM, Step.UPHOLD, Step.OVERTURN}
    if not on_appeal or case.decided_by != who.id:
        return None
    return Denied(
        code="casework.case.same_official",
        zh="原决定人不能办理复核",
        en="Whoever refused cannot decide the appeal",
        next_zh="请由其他工作人员复核。",
        next_en="Leave the appeal to a colleague.",
    )


def _conflict(code: str, zh: str, en: str) -> Conflict:
    return Conflict(
        code=f"casework.case.{code}",
        zh=zh,
        en=en,
        next_zh="请返回办件查看可办理的操作。",
        next_en="Go back to the case to see what you can do.",
    )


_GUARDS: tuple[Guard, ...] = (
    _own_case,
    _own_work,
    _party,
    _group,
    _taken,
    _allowed_now,
    _mine,
    _person,
    _correction_once,
    _appeal_in_time,
    _fresh_eyes,
    _barred,
    _officials_first,
    _steps_open,
)


def stale() -> Conflict:
    """Someone else was faster."""
    return Conflict(
        code="casework.case.changed",
        zh="办件刚刚已被他人更新",
        en="Someone else has just changed this case",
        next_zh="您的操作没有生效。请刷新页面后再办理。",
        next_en="Your action had no effect. Load the page again and look before you go on.",
    )


def reason_wanted(step: Step, reason: str) -> Invalid | None:
    """A step that needs a reason without one, or a reason beyond measure."""
    text = reason.strip()
    if len(text) > 2000:
        error = FieldError("/reason", "理由不超过2000字", "Keep the reason within 2,000 characters")
    elif STEPS[step].reason and not text:
        error = FieldError("/reason", "请填写理由", "Give a reason")
    else:
        return None
    return Invalid(
        code="casework.case.reason",
        zh="请检查理由",
        en="Look at the reason again",
        next_zh="请填写理由后重试。",
        next_en="Give a reason and try again.",
        errors=(error,),
    )


def unfit() -> Denied:
    return Denied(
        code="casework.case.unfit_assignee",
        zh="不能指派给申请人本人或原决定人",
        en="The case cannot go to its applicant or to whoever decided it before",
        next_zh="请另选工作人员。",
        next_en="Choose someone else.",
    )
