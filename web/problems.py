"""How a request that cannot be served is answered: RFC 9457 problem details.

The endpoints that older clients use add `status` and `error`, which these clients read; there
the number moves to `http_status`.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be served; `detail` is one sentence for the person."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})

    def body(self, *, contract: bool = False) -> dict[str, Any]:
        """Return the JSON members; with `contract` those that older clients read as well."""
        members: dict[str, Any] = {
            "type": f"/problems/{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if contract:
            members |= {"http_status": self.status, "status": "error", "error": self.detail}
        return members | self.extra

    def response(self, *, contract: bool = False) -> JsonResponse:
        return JsonResponse(
            self.body(contract=contract),
            status=self.status,
            headers=self.headers,
            content_type=CONTENT_TYPE,
        )


def problem_response(error: Exception, context: Mapping[str, Any]) -> JsonResponse | None:
    """Answer what a DRF view raised (its EXCEPTION_HANDLER); None: a fault of ours, a 500.

    It is JSON whatever the view's renderers are.
    """
    problem = _problem_of(error)
    if problem is None:
        return None
    return problem.response(contract=bool(getattr(context.get("view"), "contract", False)))


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        return Problem(404, "not-found", _("There is nothing here."))
    if isinstance(error, PermissionDenied):
        return Problem(403, "forbidden", _("You may not do this."))
    if isinstance(error, exceptions.ValidationError):
        return Problem(400, "invalid", first_sentence(error.detail), extra={"errors": error.detail})
    if isinstance(error, exceptions.APIException):
        headers = {}
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
        return Problem(
            error.status_code,
            str(error.default_code).replace("_", "-"),
            str(error.detail),
            headers=headers,
        )
    return None


def first_sentence(detail: Any) -> str:
    """Return the first message of DRF's nested `detail`, with its field in front."""
    if isinstance(detail, Mapping):
        field, inner = next(iter(detail.items()))
        message = first_sentence(inner)
        return message if field in {"detail", "non_field_errors"} else f"{field}: {message}"
    if isinstance(detail, list):
        return first_sentence(detail[0])
    return str(detail)
