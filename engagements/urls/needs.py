"""Addresses of needs, what is suggested to whom, and proposals."""

from django.urls import URLPattern, path

from engagements.views import (
    browsing,
    feedback,
    foreseen,
    gap_people,
    institutions,
    needs,
    organisation_documents,
    people,
    proposals,
    searches,
    skills_rounds,
    suggestions,
)

urlpatterns: list[URLPattern] = [
    # /for-you/
    path("for-you/", suggestions.for_you, name="for-you"),
    path("for-you/hidden/", feedback.hidden, name="for-you-hidden"),
    path("for-you/saved/", feedback.saved, name="for-you-saved"),
    path("for-you/resume/", feedback.resume, name="for-you-resume"),
    path("for-you/email/", searches.digest, name="for-you-email"),
    path("for-you/email/stop/<str:token>/", searches.digest_off, name="digest-off"),
    # /searches/
    path("searches/", searches.searches, name="searches"),
    path("searches/new/", searches.search_new, name="search-new"),
    path("searches/<slug:reference>/", searches.search, name="search"),
    path("searches/<slug:reference>/edit/", searches.search_edit, name="search-edit"),
    path("searches/<slug:reference>/delete/", searches.search_delete, name="search-delete"),
    # /needs/
    path("needs/", browsing.needs, name="needs"),
    path("needs/new/", needs.need_new, name="need-new"),
    # /needs/<reference>/
    path("needs/<slug:reference>/", needs.need, name="need"),
    path("needs/<slug:reference>/edit/", needs.need_edit, name="need-edit"),
    path("needs/<slug:reference>/submit/", needs.need_submit, name="need-submit"),
    path("needs/<slug:reference>/pause/", needs.need_pause, name="need-pause"),
    path("needs/<slug:reference>/resume/", needs.need_resume, name="need-resume"),
    path("needs/<slug:reference>/renew/", needs.need_renew, name="need-renew"),
    path("needs/<slug:reference>/withdraw/", needs.need_withdraw, name="need-withdraw"),
    path("needs/<slug:reference>/close/", needs.need_close, name="need-close"),
    path("needs/<slug:reference>/interest/", suggestions.need_interest, name="need-interest"),
    path("needs/<slug:reference>/dismiss/", feedback.need_dismiss, name="need-dismiss"),
    path("needs/<slug:reference>/restore/", feedback.need_restore, name="need-restore"),
    path("needs/<slug:reference>/save/", feedback.need_save, name="need-save"),
    path("needs/<slug:reference>/unsave/", feedback.need_unsave, name="need-unsave"),
    path("needs/<slug:reference>/watch/", feedback.need_watch, name="need-watch"),
    path("needs/<slug:reference>/unwatch/", feedback.need_unwatch, name="need-unwatch"),
    path("needs/<slug:reference>/people/", people.need_people, name="need-people"),
    path("needs/<slug:reference>/invite/<slug:expert>/", people.need_invite, name="need-invite"),
    # /foreseen/
    path("foreseen/new/", foreseen.foreseen_new, name="foreseen-new"),
    path("foreseen/<slug:reference>/", foreseen.foreseen, name="foreseen"),
    path("foreseen/<slug:reference>/edit/", foreseen.foreseen_edit, name="foreseen-edit"),
    path("foreseen/<slug:reference>/draft/", foreseen.foreseen_draft, name="foreseen-draft"),
    path("foreseen/<slug:reference>/drop/", foreseen.foreseen_drop, name="foreseen-drop"),
    # /interest/
    path("interest/<slug:reference>/", gap_people.interest_ask, name="interest-ask"),
    path("interest/<slug:reference>/answer/", gap_people.interest_answer, name="interest-answer"),
    # /org/<reference>/needs/
    path("org/<slug:reference>/needs/", institutions.organisation_needs, name="organisation-needs"),
    path("org/<slug:reference>/lacks/", skills_rounds.lacks, name="lacks"),
    # /org/<reference>/verification/ /documents/<reference>/
    path("org/<slug:reference>/verification/", organisation_documents.verification, name="organisation-verification"),
    path(
        "org/<slug:reference>/verification/send/",
        organisation_documents.verification_send,
        name="organisation-verification-send",
    ),
    path("documents/<slug:reference>/", organisation_documents.document, name="document"),
    path("documents/<slug:reference>/remove/", organisation_documents.document_remove, name="document-remove"),
    # /offers/ /proposals/<reference>/
    path("offers/", proposals.offers, name="offers"),
    path("proposals/<slug:reference>/", proposals.proposal, name="proposal"),
    path("proposals/<slug:reference>/accept/", proposals.proposal_accept, name="proposal-accept"),
    path("proposals/<slug:reference>/decline/", proposals.proposal_decline, name="proposal-decline"),
    path("proposals/<slug:reference>/ask/", proposals.proposal_ask, name="proposal-ask"),
    path("proposals/<slug:reference>/inform/", proposals.proposal_inform, name="proposal-inform"),
    path("proposals/<slug:reference>/withdraw/", proposals.proposal_withdraw, name="proposal-withdraw"),
]
