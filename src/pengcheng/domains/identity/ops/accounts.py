"""Accounts are opened, found, closed and given roles here, each step with its audit line."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from pengcheng.domains.identity import rules
from pengcheng.domains.identity.contracts import AccountPage, AccountView, Kind, NewAccount
from pengcheng.domains.identity.events import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    RolesChanged,
)
from pengcheng.domains.identity.models import Account, RoleGrant
from pengcheng.domains.identity.ops import throttle
from pengcheng.domains.identity.ops.passwords import password_errors
from pengcheng.domains.identity.ops.sessions import end_all
from pengcheng.kernel import clock
from pengcheng.kernel.acting import act, look
from pengcheng.kernel.context import Actor, Assurance, Context
from pengcheng.kernel.permits import Resource, permit
from pengcheng.kernel.prepared import Lookup
from pengcheng.kernel.problems import Conflict, FieldError, Invalid, NotFound

PER_PAGE = 50
UNPROVED = Assurance()


_grants = Lookup(lambda account: RoleGrant.objects.filter(account=account))


def view(account: Account, roles: tuple[str, ...] | None = None) -> AccountView:
    """The account as others may see it."""
    if roles is None:
        roles = tuple(grant.role for grant in account.grants.all())
    return AccountView(
        id=account.id,
        username=account.username,
        name_zh=account.name_zh,
        name_en=account.name_en,
        kind=cast(Kind, account.kind),
        roles=roles,
        organisation=account.organisation,
        simulated=account.simulated,
        disabled=account.disabled_at is not None,
        created_at=account.created_at,
        signed_in_at=account.signed_in_at,
        password_changed_at=account.password_changed_at,
    )


def account_or_problem(account_id: str) -> Account:
    """The account with its roles, or a problem that says it is unknown."""
    account = Account.objects.filter(pk=account_id).prefetch_related("grants").first()
    if account is None:
        raise NotFound(
            code="identity.account.not_found",
            zh="没有这个账户",
            en="There is no such account",
            next_zh="请从账户列表中重新选择。",
            next_en="Choose the account again from the list.",
        )
    return account


def create_account(context: Context, new: NewAccount) -> AccountView:
    """Open an account for someone else (administrators and the system itself)."""
    return _open(context, "identity.account.create", new)


def register(context: Context, new: NewAccount, *, address: str) -> AccountView:
    """A citizen or firm opens their own account; never with another role."""
    throttle.reserve(rules.REGISTER_LIMIT, rules.network(address))
    kind: Kind = "organisation" if new.kind == "organisation" else "person"
    own = NewAccount(
        username=new.username,
        password=new.password,
        name_zh=new.name_zh,
        name_en=new.name_en,
        kind=kind,
        simulated=new.simulated,
    )
    return _open(context, "identity.account.register", own)


def _open(context: Context, action: str, new: NewAccount) -> AccountView:
    account = Account(
        username=rules.normal_username(new.username),
        name_zh=new.name_zh.strip(),
        name_en=new.name_en.strip(),
        kind=new.kind,
        organisation=rules.printable(new.organisation, 120).strip(),
        simulated=new.simulated,
        created_at=clock.now(),
        password_changed_at=clock.now(),
    )
    with act(context, action, Resource(kind="account", id=account.id)) as acting:
        _refuse_wrong(new, account)
        account.set_password(new.password)
        _save_new(account)
        _grant(account, new.roles, context.actor.id)
        acting.emit(AccountCreated(subject=f"account/{account.id}", kind=new.kind))
        acting.note(kind=new.kind, roles=sorted(new.roles), simulated=new.simulated)
    return view(account)


def _refuse_wrong(new: NewAccount, account: Account) -> None:
    errors = [*rules.wrong_fields(new, account.username), *password_errors(new.password, account)]
    if errors:
        raise Invalid(
            code="identity.account.invalid",
            zh="账户信息有误",
            en="Some of the account's details are wrong",
            next_zh="请更正后重新提交。",
            next_en="Correct them and send the form again.",
            errors=errors,
        )


def _save_new(account: Account) -> None:
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            code="identity.account.taken",
            zh="该用户名已被使用",
            en="This username is taken",
            next_zh="请换一个用户名。",
            next_en="Choose another username.",
            errors=[FieldError("/username", "该用户名已被使用", "This username is taken")],
        ) from error


def _grant(account: Account, roles: tuple[str, ...], granted_by: str) -> None:
    RoleGrant.objects.bulk_create(
        RoleGrant(account=account, role=role, granted_at=clock.now(), granted_by=granted_by)
        for role in sorted(set(roles))
    )


def find(context: Context, account_id: str) -> AccountView:
    """One account, for those who work with it; the purpose must be stated."""
    resource = Resource(kind="account", id=account_id, owner=account_id)
    look(context, "identity.account.read", resource)
    return view(account_or_problem(account_id))


def offices(account_ids: Collection[str]) -> dict[str, str]:
    """The office of each official, the name of each organisation, and never a person's."""
    rows = Account.objects.filter(pk__in=account_ids, kind__in=("official", "organisation"))
    told = rows.values_list("id", "kind", "organisation", "name_zh")
    return {id: name if kind == "organisation" else office for id, kind, office, name in told}


def own_account(context: Context) -> AccountView:
    """What is stored about whoever asks."""
    own = context.actor.id
    permit(context, "identity.own.read", Resource(kind="account", id=own, owner=own))
    return view(account_or_problem(own))


def search(context: Context, *, words: str, page: int) -> AccountPage:
    """The accounts whose username, name or organisation contains the words."""
    with act(context, "identity.account.list", Resource(kind="account")) as acting:
        found = _matching(rules.printable(words, 60).strip())
        total = found.count()
        pages = max(1, -(-total // PER_PAGE))
        page = min(max(page, 1), pages)
        rows = found.prefetch_related("grants")[(page - 1) * PER_PAGE : page * PER_PAGE]
        accounts = tuple(view(account) for account in rows)
        acting.note(found=total, searched=bool(words), page=page)
        acting.shows(account.id for account in accounts)
    return AccountPage(accounts=accounts, total=total, page=page, pages=pages)


def _matching(words: str) -> QuerySet[Account]:
    if not words:
        return Account.objects.all()
    return Account.objects.filter(
        Q(username__icontains=words)
        | Q(name_zh__icontains=words)
        | Q(name_en__icontains=words)
        | Q(organisation__icontains=words)
    )


def set_disabled(context: Context, account_id: str, *, disabled: bool) -> AccountView:
    """Close an account to signing in, or open it again."""
    resource = Resource(kind="account", id=account_id)
    with act(context, "identity.account.disable", resource) as acting:
        account = account_or_problem(account_id)
        _refuse_lock_out(context, account, loses_admin=disabled and _is_admin(account))
        account.disabled_at = clock.now() if disabled else None
        account.save(update_fields=["disabled_at"])
        happened = AccountDisabled if disabled else AccountEnabled
        acting.emit(happened(subject=f"account/{account_id}"))
        acting.note(disabled=disabled)
        if disabled:
            end_all(account)
    return view(account)


def set_roles(context: Context, account_id: str, roles: tuple[str, ...]) -> AccountView:
    """Give an account exactly these roles."""
    wanted = tuple(sorted(set(roles)))
    with act(context, "identity.account.grant", Resource(kind="account", id=account_id)) as acting:
        account = account_or_problem(account_id)
        before = {grant.role for grant in account.grants.all()}
        _refuse_unknown(wanted)
        loses_admin = _is_admin(account) and "admin" not in wanted
        _refuse_lock_out(context, account, loses_admin=loses_admin)
        account.grants.exclude(role__in=wanted).delete()
        _grant(account, tuple(set(wanted) - before), context.actor.id)
        acting.emit(RolesChanged(subject=f"account/{account_id}", roles=wanted))
        acting.note(before=sorted(before), after=list(wanted))
    return view(account_or_problem(account_id))


def _is_admin(account: Account) -> bool:
    return any(grant.role == "admin" for grant in account.grants.all())


def _refuse_unknown(roles: tuple[str, ...]) -> None:
    errors = rules.unknown_roles(roles)
    if errors:
        raise Invalid(
            code="identity.roles.unknown", zh=errors[0].zh, en=errors[0].en, errors=errors
        )


def _refuse_lock_out(context: Context, account: Account, *, loses_admin: bool) -> None:
    if not loses_admin:
        return
    # Locked, so that two administrators cannot remove each other in the same moment.
    admins = Account.objects.select_for_update().filter(disabled_at=None, grants__role="admin")
    others = [admin for admin in admins.order_by("pk") if admin.pk != account.pk]
    reason = rules.locks_out(actor=context.actor.id, account=account.id, other_admins=len(others))
    if reason is not None:
        raise Conflict(
            code="identity.account.locks_out",
            zh=reason.zh,
            en=reason.en,
            next_zh="请由另一名管理员操作。",
            next_en="Let another administrator do it.",
        )


def context_for(account: Account, language: str, proof: Assurance = UNPROVED) -> Context:
    """The circumstances of whatever this account asks for.

    The actor's name goes into records and onto licences: it is the one in the register, whatever
    language the screen speaks.
    """
    facts = view(account, tuple(grant.role for grant in _grants.all(account.pk)))
    actor = Actor(
        id=account.id,
        kind=facts.kind,
        name=facts.name("zh-hans"),
        # `system` and `device` are given by the code alone, whatever a table may say.
        roles=rules.KNOWN_ROLES.intersection(facts.roles),
    )
    organisation = facts.organisation or None
    return Context(actor=actor, organisation=organisation, language=language, assurance=proof)


def find_by_username(context: Context, username: str) -> AccountView | None:
    """The account with this username, if there is one."""
    permit(context, "identity.account.list", Resource(kind="account"))
    wanted = rules.normal_username(username)
    account = Account.objects.filter(username=wanted).prefetch_related("grants").first()
    if account is None:
        return None
    resource = Resource(kind="account", id=account.id, owner=account.id)
    look(context, "identity.account.list", resource)
    return view(account)
