"""Where no view answers, somebody still does: JSON for programs, a page for people."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from ai4artsed import urls as site

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("api/broken", broken),
    path("broken", broken),
    *site.urlpatterns,
]
handler400, handler404, handler500 = site.handler400, site.handler404, site.handler500


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/api/broken", 500), ("/api/nothing", 404)])
def test_programs_get_problem_json(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["http_status"] == status
    assert "on purpose" not in answer.content.decode()


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("/broken", 500), ("/nothing", 404)])
def test_people_get_a_page_that_leads_back(client: Client, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    page = answer.content.decode()
    assert 'href="/"' in page
    assert "<html" in page
    assert "on purpose" not in page


def test_a_host_that_is_not_ours_is_refused(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
