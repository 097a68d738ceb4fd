"""Addresses of people and organisations."""

from django.urls import path

from diaspora_net.accounts.views import organisations, people

app_name = "accounts"
urlpatterns = [
    path("join/", people.join, name="join"),
    path("settings/", people.person_settings, name="settings"),
    path("settings/blocked/", people.blocks, name="blocks"),
    path("settings/blocked/<uuid:person>/remove/", people.unblock, name="unblock"),
    path("demo/sign-in/", people.demo_sign_in, name="demo-sign-in"),
    # /org/
    path("org/", organisations.organisations, name="organisations"),
    path("org/new/", organisations.organisation_new, name="organisation-new"),
    path("org/<slug:reference>/", organisations.organisation, name="organisation"),
    path("org/<slug:reference>/edit/", organisations.organisation_edit, name="organisation-edit"),
    path("org/<slug:reference>/team/add/", organisations.member_add, name="member-add"),
    path("org/<slug:reference>/team/<int:membership_id>/remove/", organisations.member_remove, name="member-remove"),
    path("org/<slug:reference>/team/<int:membership_id>/role/", organisations.member_role, name="member-role"),
]
