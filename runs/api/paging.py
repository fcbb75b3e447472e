"""Pages of a list: at most 200 items each, and every limit is told rather than applied silently."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if _is_number(asked) and 1 <= int(asked) <= self.max_page_size:
            return int(asked)
        raise ValidationError(
            {"page_size": [_("A number from 1 to %(limit)d.") % {"limit": self.max_page_size}]}
        )

    def get_page_number(self, request: Request, paginator: object) -> str:
        asked = request.query_params.get(self.page_query_param, "1")
        if not _is_number(asked) or int(asked) < 1:
            raise ValidationError({"page": [_("A number from 1.")]})
        return asked


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
