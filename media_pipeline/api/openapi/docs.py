"""This API's description, and the page to read it and to try it."""

from __future__ import annotations

from csp.decorators import csp_update
from django.urls import path
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")  # the icons in Swagger UI's own style sheet
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from the sidecar package: no CDN, and no script or style in the page itself."""

    template_name = "api/docs.html"


urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", DocsView.as_view(url_name="api:schema"), name="docs"),
]
