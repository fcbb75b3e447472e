"""The vendors themselves, one cheap picture each; only with a key in the environment.

    OPENAI_API_KEY=… pytest -m live pipelines/tests/live/test_clouds.py

These cost money and need the internet. OPENAI_IMAGES_URL, GEMINI_URL and OPENROUTER_URL lead
them elsewhere.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import pytest

from pipelines.catalog import BUILT_IN, load_catalog
from pipelines.engines import pictures
from pipelines.engines.gemini import Gemini
from pipelines.engines.jobs import MediaJob
from pipelines.engines.openai_images import OpenAIImages
from pipelines.engines.openrouter_images import OpenRouterImages
from pipelines.engines.paid import PaidEngine

pytestmark = pytest.mark.live


class Vendor(NamedTuple):
    engine: type[OpenAIImages] | type[Gemini] | type[OpenRouterImages]
    setting: str
    default: str
    key: str
    output: str
    backend: str

    @property
    def url(self) -> str:
        return os.environ.get(self.setting, self.default)


VENDORS = [
    Vendor(
        OpenAIImages,
        "OPENAI_IMAGES_URL",
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
        "gpt_image_1",
        "openai_images",
    ),
    Vendor(
        Gemini,
        "GEMINI_URL",
        "https://generativelanguage.googleapis.com/v1beta",
        "GEMINI_API_KEY",
        "gemini_3_pro_image",
        "gemini",
    ),
    Vendor(
        OpenRouterImages,
        "OPENROUTER_URL",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        "gemini_3_pro_image",
        "openrouter",
    ),
]


@pytest.fixture(params=VENDORS, ids=lambda vendor: vendor.backend)
def vendor(request: pytest.FixtureRequest) -> Vendor:
    found: Vendor = request.param
    if not os.environ.get(found.key):
        pytest.skip(f"{found.key} is not set")
    return found


@pytest.fixture
def engine(vendor: Vendor) -> PaidEngine:
    return vendor.engine(vendor.url, api_key=os.environ[vendor.key])


@pytest.fixture
def job(vendor: Vendor) -> MediaJob:
    chunk = load_catalog([BUILT_IN]).chunk_of(vendor.output)
    (route,) = (route for route in chunk.routes if route.backend_type == vendor.backend)
    return MediaJob(
        job_id="5a5b5cdc-e889-462b-a328-935cc85b61d4",
        prompt="A red apple on a table, flat colours",
        seed=1,
        width=chunk.width,
        height=chunk.height,
        model=route.model,
        parameters={**route.parameters, "quality": "low"},
    )


def test_key_and_model_of_the_catalog_are_good(engine: PaidEngine, job: MediaJob) -> None:
    health = engine.health()
    assert health.ready, health.detail
    assert engine.missing_requirements(job) == ()


def test_a_wrong_key_is_told(vendor: Vendor, job: MediaJob) -> None:
    engine = vendor.engine(vendor.url, api_key="sk-no-such-key")
    assert not engine.health().ready
    assert [each.what for each in engine.missing_requirements(job)] == ["key"]


def test_a_picture_comes(engine: PaidEngine, job: MediaJob) -> None:
    (output,) = engine.generate(job, lambda share, note, preview=None: None)
    kind = pictures.inspect_picture(output.data)
    assert abs(kind.width / kind.height - job.width / job.height) < 0.1
    assert output.metadata["request_id"] and output.metadata["usage"]
