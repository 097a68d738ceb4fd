"""Addresses of diaspora mapping: where experts live, and the waves that ask."""

from django.urls import URLPattern, path, re_path

from engagements.views import mapping, maps, waves

FILES = r"(?P<kind>csv|xlsx|pdf|svg|png)"

urlpatterns: list[URLPattern] = [
    path("map/", maps.public_where, name="map"),
    re_path(rf"^map/map\.{FILES}$", maps.public_where_file, name="map-file"),
    path("desk/map/", maps.desk_map, name="desk-map"),
    re_path(rf"^desk/map/map\.{FILES}$", maps.desk_map_file, name="desk-map-file"),
    # /desk/surveys/
    path("desk/surveys/", waves.waves, name="waves"),
    path("desk/surveys/new/", waves.wave_new, name="wave-new"),
    path("desk/surveys/<slug:reference>/", waves.wave, name="wave"),
    path("desk/surveys/<slug:reference>/edit/", waves.wave_edit, name="wave-edit"),
    path("desk/surveys/<slug:reference>/amend/", waves.wave_amend, name="wave-amend"),
    path("desk/surveys/<slug:reference>/results/", waves.wave_results, name="wave-results"),
    re_path(
        rf"^desk/surveys/(?P<reference>[-\w]+)/results\.{FILES}$", waves.wave_results_file, name="wave-results-file"
    ),
    re_path(r"^desk/surveys/(?P<reference>[-\w]+)/(?P<step>open|close|show|hide)/$", waves.wave_step, name="wave-step"),
    # /survey/
    path("survey/mine/<str:token>/", mapping.wave_mine, name="wave-mine"),
    path("survey/mine/<str:token>/change/", mapping.wave_change, name="wave-change"),
    path("survey/mine/<str:token>/delete/", mapping.wave_withdraw, name="wave-withdraw"),
    path("survey/mine/<str:token>/profile/", mapping.wave_profile, name="wave-profile"),
    path("survey/<slug:reference>/", mapping.wave_answer, name="wave-answer"),
    path("survey/<slug:reference>/results/", mapping.wave_shown, name="wave-shown"),
    re_path(rf"^survey/(?P<reference>[-\w]+)/results\.{FILES}$", mapping.wave_shown_file, name="wave-shown-file"),
]
