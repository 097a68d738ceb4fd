"""Addresses of an expert's record and of the certificates anybody can check."""

from django.urls import URLPattern, path

from engagements.views import (
    certificates,
)

urlpatterns: list[URLPattern] = [
    # /me/record/ /certificates/<code>/ /verify/
    path("me/record/", certificates.record, name="record"),
    path("certificates/<slug:code>/certificate.pdf", certificates.certificate_pdf, name="certificate-pdf"),
    path("certificates/<slug:code>/badge.jwt", certificates.certificate_badge, name="certificate-badge"),
    path("certificates/<slug:code>/shown/", certificates.certificate_shown, name="certificate-shown"),
    path("certificates/<slug:code>/revoke/", certificates.certificate_revoke, name="certificate-revoke"),
    path("certificates/<slug:code>/reissue/", certificates.certificate_reissue, name="certificate-reissue"),
    path("certificates/withdrawn/<int:number>.jwt", certificates.certificate_status, name="certificate-status"),
    path(".well-known/did.json", certificates.issuer, name="certificate-issuer"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/<str:code>/", certificates.certificate, name="certificate"),
]
