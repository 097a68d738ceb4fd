"""Every address of needs, engagements and coordination, one file for each part of the work."""

from django.urls import URLPattern

from engagements.urls import desk, imports, maps, needs, programmes, proof, reports, work

app_name = "engagements"

urlpatterns: list[URLPattern] = [
    *needs.urlpatterns,
    *work.urlpatterns,
    *proof.urlpatterns,
    *programmes.urlpatterns,
    *reports.urlpatterns,
    *maps.urlpatterns,
    *desk.urlpatterns,
    *imports.urlpatterns,
]
