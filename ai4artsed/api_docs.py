"""The page to read about the API and try it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from web.csp import policy_text


class ApiDocsView(SpectacularSwaggerSplitView):
    """Swagger UI, all of it from here."""

    # Its renderer makes nothing but that page.
    metadata_class = None

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        # It brings a style element; scripts stay those of our own files.
        response.headers["Content-Security-Policy"] = policy_text(
            settings.SECURE_CSP | {"style-src": ["'self'", "'unsafe-inline'"]}
        )
        return response
