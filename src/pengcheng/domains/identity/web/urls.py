"""Addresses of identity."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.identity.web import (
    pages,
    passkeys,
    prove,
    recoveries,
    registers,
    security,
    workbench,
)
from pengcheng.domains.identity.web.oidc import applications, desk, leaving, programs, visits

portal_urls = [
    path(".well-known/openid-configuration", programs.configuration, name="oidc-configuration"),
    path(".well-known/oauth-authorization-server", programs.configuration, name="oauth-server"),
    path("oidc/jwks", programs.jwks, name="oidc-jwks"),
    path("oidc/authorize", visits.authorize, name="oidc-authorize"),
    path("oidc/continue", visits.resume, name="oidc-continue"),
    path("oidc/consent", visits.consent, name="oidc-consent"),
    path("oidc/par", programs.par, name="oidc-par"),
    path("oidc/token", programs.token, name="oidc-token"),
    path("oidc/userinfo", programs.userinfo, name="oidc-userinfo"),
    path("oidc/introspect", programs.introspect, name="oidc-introspect"),
    path("oidc/revoke", programs.revoke, name="oidc-revoke"),
    path("oidc/register", programs.register, name="oidc-register"),
    path("oidc/logout", leaving.logout, name="oidc-logout"),
    path("oidc/logout/confirm", leaving.confirmed, name="oidc-logout-confirm"),
    path("account/applications/", applications.applications, name="applications"),
    path(
        "account/applications/<uuid:client_id>/withdraw/",
        applications.withdraw,
        name="application-withdraw",
    ),
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("account/prove/", prove.prove, name="prove"),
    path("account/prove/<uuid:form_id>/", prove.resume, name="resume"),
    path("sign-in/code/", security.sign_in_code, name="sign-in-code"),
    path("sign-in/passkey/", passkeys.use, name="passkey-use"),
    path("sign-in/passkey/question/", passkeys.question, name="passkey-question"),
    path("recover/", recoveries.recover, name="recover"),
    path("account/security/", security.security, name="security"),
    path("account/passkeys/new/", security.new_passkey, name="passkey-new"),
    path("account/passkeys/question/", passkeys.registration, name="passkey-registration"),
    path("account/passkeys/", passkeys.add, name="passkey-add"),
    path("account/passkeys/<uuid:passkey_id>/name/", passkeys.rename, name="passkey-rename"),
    path("account/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="passkey-remove"),
    path("account/one-time/", security.one_time, name="one-time"),
    path("account/one-time/remove/", security.remove_one_time, name="one-time-remove"),
    path("account/recovery-codes/", security.recovery_codes, name="recovery-codes"),
    path("account/sessions/end-others/", security.end_others, name="end-others"),
    path("register/", pages.register, name="register"),
    path("account/", pages.account, name="account"),
    path("account/file/", pages.account_file, name="account-file"),
    path("account/password/", pages.change_password, name="change-password"),
    path("account/sessions/<uuid:session_id>/end/", pages.end_session, name="end-session"),
]
workbench_urls = [
    path("clients/", desk.clients, name="clients"),
    path("clients/new/", desk.new_client, name="client-new"),
    path("clients/invitation/", desk.invite, name="client-invite"),
    path("clients/<uuid:client_id>/", desk.one_client, name="client"),
    path("clients/<uuid:client_id>/secret/", desk.new_secret, name="client-secret"),
    path("clients/<uuid:client_id>/disabled/", desk.set_disabled, name="client-disabled"),
    path("accounts/", workbench.accounts, name="admin-accounts"),
    path("accounts/new/", workbench.new_account, name="admin-account-new"),
    path("accounts/<uuid:account_id>/", workbench.one_account, name="admin-account"),
    path("accounts/<uuid:account_id>/roles/", workbench.set_roles, name="admin-roles"),
    path("recoveries/", recoveries.recoveries, name="recoveries"),
    path("recoveries/<uuid:recovery_id>/", recoveries.decide, name="recovery-decide"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<str:register>/switch/", registers.switch, name="register-switch"),
    path("accounts/<uuid:account_id>/disabled/", workbench.set_disabled, name="admin-disabled"),
]
