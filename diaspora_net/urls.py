"""Every address of the site, grouped by the app that answers it."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from diaspora_net import home, styleguide
from diaspora_net.accounts.views.people import SignOut
from messaging.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.landing, name="landing"),
    path("home/", home.home, name="home"),
    path("how/", home.how_lists_are_made, name="how"),
    path("help/", home.help_page, name="help"),
    path("privacy/", home.privacy, name="privacy"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("healthz/live", home.live, name="health-live"),
    path("healthz/ready", home.ready, name="health-ready"),
    path("language/", set_language, name="set_language"),
    path("account/logout/", SignOut.as_view(), name="account_logout"),
    path("account/", include("allauth.urls")),
    path("", include("diaspora_net.accounts.urls")),
    path("api/v1/", api.urls),
    path("", include("messaging.urls")),
    path("", include("mentors.urls")),
    path("", include("engagements.urls")),
]
if settings.DEBUG or settings.TESTING:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
handler400 = "diaspora_net.home.bad_request"
handler403 = "diaspora_net.home.forbidden"
handler404 = "diaspora_net.home.not_found"
handler500 = "diaspora_net.home.server_error"
