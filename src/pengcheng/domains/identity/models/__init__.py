"""The tables of identity: accounts, the roles they hold, their sessions and the sign-in limits."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from pengcheng.kernel.ids import new_id

KINDS = ("person", "organisation", "official")


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts; they are made by the ops alone, so there is no create_user."""


class Account(AbstractBaseUser):
    """One person, firm or official who can sign in."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    organisation = models.CharField(max_length=120, blank=True, default="")
    simulated = models.BooleanField(default=False)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # Django would set this one from the wall clock; ours is `signed_in_at`, set by the ops.
    last_login = None
    signed_in_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(null=True, blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind__in=KINDS), name="identity_account_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(username=""), name="identity_account_has_username"
            ),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """The name Django's sign-in asks for; a disabled account loses its sessions at once."""
        return self.disabled_at is None


class RoleGrant(models.Model):
    """One role held by one account, and who gave it."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=80)

    class Meta:
        ordering = ("role",)
        constraints = (
            models.UniqueConstraint(fields=("account", "role"), name="identity_role_held_once"),
        )

    def __str__(self) -> str:
        return self.role


class SignIn(models.Model):
    """One session of one account, so that its owner can see and end it."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.CharField(max_length=45, blank=True, default="")
    browser = models.CharField(max_length=200, blank=True, default="")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    level = models.CharField(max_length=16, blank=True, default="")
    methods = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return self.id


class Throttle(models.Model):
    """How often one key (an account, an address, or both) was tried in the current window."""

    key = models.CharField(max_length=80, primary_key=True)
    attempts = models.PositiveIntegerField(default=0)
    window_ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


class RegisterFact(models.Model):
    """One thing that a simulated register knows about the holder of an account."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="facts")
    register = models.CharField(max_length=40)
    attribute = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("register", "attribute")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "register", "attribute"), name="identity_register_says_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.register}.{self.attribute}"


class RegisterOutage(models.Model):
    """A register that does not answer now: there is a row while it is out of reach."""

    register = models.CharField(max_length=40, primary_key=True)
    since = models.DateTimeField()

    class Meta:
        ordering = ("register",)

    def __str__(self) -> str:
        return self.register


# After the accounts, to which they belong.
from pengcheng.domains.identity.models.credentials import (  # noqa: E402
    Challenge,
    OneTime,
    Passkey,
    Recovery,
    RecoveryCode,
)
from pengcheng.domains.identity.models.mandates import Mandate  # noqa: E402
from pengcheng.domains.identity.models.oidc import (  # noqa: E402
    OidcAssertion,
    OidcClient,
    OidcConsent,
    OidcGrant,
    OidcInvitation,
    OidcPushed,
    OidcSubject,
    OidcToken,
)

__all__ = [
    "KINDS",
    "Account",
    "AccountManager",
    "Challenge",
    "Mandate",
    "OidcAssertion",
    "OidcClient",
    "OidcConsent",
    "OidcGrant",
    "OidcInvitation",
    "OidcPushed",
    "OidcSubject",
    "OidcToken",
    "OneTime",
    "Passkey",
    "Recovery",
    "RecoveryCode",
    "RegisterFact",
    "RegisterOutage",
    "RoleGrant",
    "SignIn",
    "Throttle",
]
