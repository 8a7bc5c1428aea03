"""The page to read this API's description and to try it."""

from __future__ import annotations

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")  # the icons in Swagger UI's own style sheet
class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from the sidecar package: no CDN, and no script or style in the page itself."""

    template_name = "api/docs.html"
