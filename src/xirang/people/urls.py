"""Addresses of people: signing in, one's own account, accounts and roles, organisations."""

from django.urls import path

from xirang.people.pages import accounts, confirming, grants, organisations, own, preview, securing, signing, staff

app_name = "people"
urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.sign_in_second, name="sign_in_second"),
    path("sign-in/oidc/", signing.oidc_begin, name="oidc_begin"),
    path("sign-in/oidc/back/", signing.oidc_back, name="oidc_back"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("register/", signing.register, name="register"),
    path("account/", own.own_account, name="own_account"),
    path("account/password/", own.change_password, name="change_password"),
    path("account/totp/", own.totp, name="totp"),
    path("account/totp/off/", own.disable_totp, name="disable_totp"),
    path("account/language/", own.choose_language, name="choose_language"),
    path("account/stand-in/", own.set_own_stand_in, name="set_own_stand_in"),
    path("account/views/save/", own.save_view, name="save_view"),
    path("account/views/<uuid:view_id>/remove/", own.remove_view, name="remove_view"),
    path("accounts/", accounts.account_list, name="accounts"),
    path("accounts/open/", accounts.open_account, name="open_account"),
    path("accounts/requests/", grants.role_requests, name="role_requests"),
    path("accounts/requests/<slug:decision>/", grants.decide_role_requests, name="decide_role_requests"),
    path("accounts/securing/", confirming.securing_requests, name="securing_requests"),
    path("accounts/import/", staff.import_staff, name="import_staff"),
    path("accounts/import/template/", staff.template, name="staff_template"),
    path("accounts/import/faults/", staff.faults, name="staff_faults"),
    path("accounts/<uuid:account_id>/", accounts.account_detail, name="account"),
    path("accounts/<uuid:account_id>/grant/", grants.grant_role, name="grant_role"),
    path("accounts/<uuid:account_id>/stand-in/", grants.set_stand_in, name="set_stand_in"),
    path("accounts/<uuid:account_id>/reveal/", securing.reveal_field, name="reveal_field"),
    path("accounts/<uuid:account_id>/reset-password/", securing.reset_password, name="reset_password"),
    path("accounts/<uuid:account_id>/lock/", securing.lock_account, name="lock_account"),
    path("accounts/<uuid:account_id>/unlock/", securing.unlock_account, name="unlock_account"),
    path("accounts/<uuid:account_id>/totp-off/", securing.disable_totp, name="disable_totp_of"),
    path("accounts/<uuid:account_id>/securing/", confirming.request_securing, name="request_securing"),
    path("accounts/<uuid:account_id>/erase/", securing.erase_person, name="erase_person"),
    path("accounts/<uuid:account_id>/preview/", preview.start_preview, name="start_preview"),
    path("preview/end/", preview.end_preview, name="end_preview"),
    path("grants/<uuid:grant_id>/end/", grants.end_role, name="end_role"),
    path("stand-ins/<uuid:stand_in_id>/end/", grants.end_stand_in, name="end_stand_in"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/new/", organisations.create_organisation, name="create_organisation"),
    path("organisations/<uuid:organisation_id>/", organisations.organisation_detail, name="organisation"),
    path("organisations/<uuid:organisation_id>/retire/", organisations.retire_organisation, name="retire_organisation"),
]
