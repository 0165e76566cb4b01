"""The tables of the OpenID provider. Codes, tokens and secrets are kept as SHA-256 alone: they are
256 random bits each, so that a slow hash would only cost time.
"""

from __future__ import annotations

from django.db import models

from pengcheng.kernel.ids import new_id


class OidcClient(models.Model):
    """A program that may ask people for facts about themselves."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    facts = models.JSONField()  # contracts.oidc.NewClient, as it was judged
    sector = models.CharField(max_length=500, blank=True, default="")
    secret_hash = models.CharField(max_length=64, blank=True, default="")
    secret_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    disabled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.id


class OidcInvitation(models.Model):
    """A token with which one program may register itself, once (RFC 7591)."""

    hash = models.CharField(max_length=64, primary_key=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at",)

    def __str__(self) -> str:
        return self.hash[:8]


class OidcSubject(models.Model):
    """Under which name the clients of one sector know a person."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="+")
    sector = models.CharField(max_length=500)
    sub = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "sector"), name="identity_oidc_one_name_a_sector"
            ),
        )

    def __str__(self) -> str:
        return self.sub


class OidcConsent(models.Model):
    """What a person lets a client know; ``asked`` has also what they declined."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(OidcClient, on_delete=models.CASCADE, related_name="consents")
    facts = models.JSONField()
    asked = models.JSONField()
    notice = models.CharField(max_length=32)
    given_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-given_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "client"),
                condition=models.Q(withdrawn_at=None),
                name="identity_oidc_one_consent",
            ),
        )

    def __str__(self) -> str:
        return self.id


class OidcGrant(models.Model):
    """One sign-in of one person at one client: its code, and the family of its tokens."""

    id = models.CharField(max_length=36, primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(OidcClient, on_delete=models.CASCADE, related_name="grants")
    account = models.ForeignKey("identity.Account", on_delete=models.CASCADE, related_name="+")
    # The present session, by its own id: what the session's end takes with it.
    sign_in = models.CharField(max_length=36, blank=True, default="", db_index=True)
    sid = models.CharField(max_length=32, blank=True, default="")
    sub = models.CharField(max_length=60)
    scope = models.CharField(max_length=200)
    facts = models.JSONField()
    id_claims = models.JSONField()
    info_claims = models.JSONField()
    resources = models.JSONField()
    nonce = models.CharField(max_length=500, blank=True, default="")
    acr = models.CharField(max_length=60, blank=True, default="")
    amr = models.CharField(max_length=80, blank=True, default="")
    auth_time = models.BigIntegerField(default=0)
    redirect_uri = models.CharField(max_length=500, blank=True, default="")
    challenge = models.CharField(max_length=43, blank=True, default="")
    code_hash = models.CharField(max_length=64, unique=True)
    code_expires_at = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True, blank=True)
    offline = models.BooleanField(default=False)
    # A pre-authorised code: what for, and its digits' hash; None for every other grant.
    offer = models.JSONField(null=True, default=None)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.id


class OidcToken(models.Model):
    """An access or refresh token of a grant."""

    hash = models.CharField(max_length=64, primary_key=True)
    grant = models.ForeignKey(OidcGrant, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=8, choices=[("access", "access"), ("refresh", "refresh")])
    scope = models.CharField(max_length=200)
    audience = models.JSONField()
    jkt = models.CharField(max_length=43, blank=True, default="")  # bound to this key (RFC 9449)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return self.hash[:8]


class OidcPushed(models.Model):
    """An authorization request that a client has left with us (RFC 9126)."""

    hash = models.CharField(max_length=64, primary_key=True)
    client = models.ForeignKey(OidcClient, on_delete=models.CASCADE, related_name="+")
    params = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at",)

    def __str__(self) -> str:
        return self.hash[:8]


class OidcAssertion(models.Model):
    """The id of an assertion that has been used, until it could no longer be believed anyway."""

    hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("expires_at",)

    def __str__(self) -> str:
        return self.hash[:8]
