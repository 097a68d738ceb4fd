"""Addresses of mentors."""

from django.urls import URLPattern, path, register_converter

from mentors.views import cv, profiles, recognition, skills, start, suggestions
from mentors.views.start import StepConverter

register_converter(StepConverter, "start_step")

app_name = "mentors"
start_urls = [
    # /start/expert/<step>/
    path("start/expert/", start.resume_start, name="start-resume"),
    path("start/expert/cv/", cv.start_from_cv, name="start-cv"),
    path("start/expert/<start_step:step>/", start.start_step, name="start"),
]
own_urls = [
    # /me/
    path("me/", profiles.own_page, name="me"),
    path("me/publish/", profiles.publish, name="profile-publish"),
    path("me/pause/", profiles.pause, name="profile-pause"),
    path("me/resume/", profiles.resume, name="profile-resume"),
    path("me/recognition/", recognition.own_recognition, name="recognition"),
    path("me/recognition/<slug:reference>/withdraw/", recognition.withdraw, name="recognition-withdraw"),
]
desk_urls = [
    # /desk/skills/
    path("desk/skills/", suggestions.suggestions, name="suggestions"),
    path("desk/recognition/", recognition.claims, name="recognition-claims"),
    path("desk/recognition/<slug:reference>/decide/", recognition.decide, name="recognition-decide"),
    path("desk/skills/<str:slug>/accept/", suggestions.accept, name="suggestion-accept"),
    path("desk/skills/<str:slug>/merge/<int:skill_id>/", suggestions.merge, name="suggestion-merge"),
]
urlpatterns: list[URLPattern] = [
    *start_urls,
    *own_urls,
    *desk_urls,
    path("experts/<slug:reference>/", profiles.show_profile, name="profile"),
    path("skills/search/", skills.search, name="skill-search"),
]
