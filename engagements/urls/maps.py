"""Addresses of diaspora mapping: where experts live, and the waves that ask."""

from django.urls import URLPattern, path, re_path

from engagements.views import maps

urlpatterns: list[URLPattern] = [
    path("map/", maps.public_where, name="map"),
    re_path(r"^map/map\.(?P<kind>csv|xlsx|pdf|svg|png)$", maps.public_where_file, name="map-file"),
    path("desk/map/", maps.desk_map, name="desk-map"),
    re_path(r"^desk/map/map\.(?P<kind>csv|xlsx|pdf|svg|png)$", maps.desk_map_file, name="desk-map-file"),
]
