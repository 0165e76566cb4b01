"""Addresses of identity."""

from __future__ import annotations

from django.urls import path

from pengcheng.domains.identity.web import pages, prove, registers, workbench

portal_urls = [
    path("sign-in/", pages.sign_in, name="sign-in"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("account/prove/", prove.prove, name="prove"),
    path("account/prove/<uuid:form_id>/", prove.resume, name="resume"),
    path("register/", pages.register, name="register"),
    path("account/", pages.account, name="account"),
    path("account/file/", pages.account_file, name="account-file"),
    path("account/password/", pages.change_password, name="change-password"),
    path("account/sessions/<uuid:session_id>/end/", pages.end_session, name="end-session"),
]
workbench_urls = [
    path("accounts/", workbench.accounts, name="admin-accounts"),
    path("accounts/new/", workbench.new_account, name="admin-account-new"),
    path("accounts/<uuid:account_id>/", workbench.one_account, name="admin-account"),
    path("accounts/<uuid:account_id>/roles/", workbench.set_roles, name="admin-roles"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<str:register>/switch/", registers.switch, name="register-switch"),
    path("accounts/<uuid:account_id>/disabled/", workbench.set_disabled, name="admin-disabled"),
]
