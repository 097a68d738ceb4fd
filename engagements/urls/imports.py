"""Addresses of imports, and of the page on which listed people answer."""

from django.urls import URLPattern, path

from engagements.views import imports, listed

urlpatterns: list[URLPattern] = [
    # /desk/imports/
    path("desk/imports/", imports.imports, name="imports"),
    path("desk/imports/new/", imports.import_new, name="import-new"),
    path("desk/imports/templates/<slug:noun>/", imports.import_template, name="import-template"),
    path("desk/imports/<slug:reference>/", imports.import_page, name="import"),
    *(path(f"desk/imports/<slug:reference>/{act}/", view, name=f"import-{act}") for act, view in imports.ACTS),
    # /listed/<token>/
    path("listed/<str:token>/", listed.listed, name="listed"),
]
