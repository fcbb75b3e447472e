"""Orders at OpenRouter: what is sent, what comes back, and every way in which it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openrouter import OpenRouter, errors
from openrouter.components import ContentPartImage, ContentPartImageImageURL

from pipelines.engines.jobs import ErrorKind, Picture
from pipelines.engines.openrouter_images import OpenRouterImages
from pipelines.engines.paid import NO_PICTURE, PaidEngine
from pipelines.tests.paid_contract import PROMPT, PaidContract, a_job, failure, no_progress
from pipelines.tests.servers.faulty import Handler, answer_json
from pipelines.tests.servers.openrouter import FakeOpenRouter, budget, delivered, refused
from pipelines.tests.servers.painted import painted, painted_base64

MODEL = "google/gemini-3-pro-image"


class TestOpenRouterImages(PaidContract):
    job = a_job(model=MODEL)

    def make(self, url: str, **options: Any) -> PaidEngine:
        return OpenRouterImages(url, **options)

    def busy(self, retry_after: str | None, status: int = 429) -> Handler:
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return refused(status, "Busy.", headers=headers)

    @pytest.fixture
    def fake(self) -> Iterator[FakeOpenRouter]:
        with FakeOpenRouter() as fake:
            yield fake

    @pytest.mark.parametrize(
        ("model", "width", "height", "body"),
        [
            (MODEL, 1024, 1024, {"aspect_ratio": "1:1", "resolution": "1K", "seed": 0}),
            (MODEL, 1536, 1024, {"aspect_ratio": "16:9", "resolution": "1K", "seed": 0}),
            (MODEL, 2752, 1536, {"aspect_ratio": "16:9", "resolution": "2K", "seed": 0}),
            ("openai/gpt-image-2", 1536, 864, {"aspect_ratio": "1:1", "quality": "low"}),
            ("bytedance-seed/seedream-4.5", 1024, 1024, {"resolution": "2K"}),
        ],
    )
    def test_the_order_has_those_settings_that_the_model_takes(
        self,
        fake: FakeOpenRouter,
        engine: PaidEngine,
        model: str,
        width: int,
        height: int,
        body: dict[str, Any],
    ) -> None:
        job = a_job(model=model, width=width, height=height, parameters={"quality": "low"})
        list(engine.generate(job, no_progress))
        sent = fake.requests[-1].json()
        assert sent == {"model": model, "prompt": PROMPT, "n": 1, **body}

    def test_the_price_is_kept(self, engine: PaidEngine) -> None:
        (output,) = engine.generate(self.job, no_progress)
        assert output.metadata["usage"]["cost"] == 0.134
        assert output.metadata["request_id"] == "gen-fake1"

    def test_pictures_are_given_along(self, fake: FakeOpenRouter, engine: PaidEngine) -> None:
        given = Picture(painted(), "image/png", 64, 64)
        list(engine.generate(a_job(model=MODEL, pictures={"image": given}), no_progress))
        url = f"data:image/png;base64,{painted_base64()}"
        references = fake.requests[-1].json()["input_references"]
        assert references == [{"type": "image_url", "image_url": {"url": url}}]

    def test_a_model_that_is_not_offered_is_not_ordered(
        self, fake: FakeOpenRouter, engine: PaidEngine
    ) -> None:
        error = failure(engine, a_job(model="google/gemini-3-pro-image-preview"))
        assert error.kind == ErrorKind.MISSING_MODEL
        assert fake.count("POST") == 0

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            pytest.param(refused(401, "User not found."), ErrorKind.AUTH, id="key"),
            pytest.param(refused(402, "Insufficient credits"), ErrorKind.QUOTA, id="credit"),
            pytest.param(
                refused(402, "In flight", headers={"Retry-After": "1"}),
                ErrorKind.QUOTA,
                id="credit in use",
            ),
            pytest.param(
                refused(403, "Key limit exceeded (total limit)."), ErrorKind.QUOTA, id="key limit"
            ),
            pytest.param(refused(403, "Workspace budget used up."), ErrorKind.QUOTA, id="budget"),
            pytest.param(
                refused(
                    403,
                    "Your input was flagged",
                    metadata={
                        "reasons": ["violence"],
                        "flagged_input": PROMPT[:12],
                        "provider_name": "OpenAI",
                        "model_slug": "openai/gpt-image-2",
                    },
                ),
                ErrorKind.CONTENT_BLOCKED,
                id="moderation",
            ),
            pytest.param(refused(403, "Not in your country."), ErrorKind.AUTH, id="country"),
            pytest.param(
                refused(404, "No endpoints found"), ErrorKind.MISSING_MODEL, id="model gone"
            ),
            pytest.param(
                refused(400, "x/y is not a valid model ID"), ErrorKind.MISSING_MODEL, id="no model"
            ),
            pytest.param(refused(400, "Bad size"), ErrorKind.BAD_REQUEST, id="a field"),
            pytest.param(refused(408, "Timeout"), ErrorKind.TIMEOUT, id="timeout"),
            pytest.param(refused(524, "Edge timeout"), ErrorKind.TIMEOUT, id="edge timeout"),
            pytest.param(refused(529, "Overloaded"), ErrorKind.BUSY, id="overloaded"),
            pytest.param(
                refused(429, "Upstream", status=200, metadata={"retry_after_seconds": 1}),
                ErrorKind.BUSY,
                id="busy, after work had begun",
            ),
            pytest.param(
                refused(502, "Provider returned error", status=200),
                ErrorKind.BACKEND_FAILED,
                id="failed, after work had begun",
            ),
            pytest.param(
                refused(503, "No provider", status=200), ErrorKind.BUSY, id="no provider, begun"
            ),
            pytest.param(
                refused(
                    400,
                    "Provider returned error",
                    status=200,
                    metadata={"raw": '{"code":"moderation_blocked"}', "provider_name": "OpenAI"},
                ),
                ErrorKind.CONTENT_BLOCKED,
                id="the provider's moderation",
            ),
            pytest.param(
                refused(
                    502,
                    "Provider returned error",
                    metadata={"raw": f'{{"blockReason":"PROHIBITED_CONTENT","p":"{PROMPT}"}}'},
                ),
                ErrorKind.CONTENT_BLOCKED,
                id="Google's refusal as a 502",
            ),
            pytest.param(answer_json({"error": "broken"}), ErrorKind.BACKEND_FAILED, id="a word"),
            pytest.param(answer_json(delivered([])), ErrorKind.BAD_RESPONSE, id="no picture"),
            pytest.param(answer_json({"data": [None]}), ErrorKind.BAD_RESPONSE, id="null in it"),
            pytest.param(answer_json({"data": {}}), ErrorKind.BAD_RESPONSE, id="no list"),
            pytest.param(
                answer_json({"data": [{"url": "http://127.0.0.1/a.png"}]}),
                ErrorKind.BAD_RESPONSE,
                id="an address is not followed",
            ),
            pytest.param(
                answer_json({"data": [{"b64_json": "PHN2Zz4=", "media_type": "image/svg+xml"}]}),
                ErrorKind.BAD_RESPONSE,
                id="a drawing of code",
            ),
        ],
    )
    def test_refusals_are_told_apart_and_not_tried_again(
        self, fake: FakeOpenRouter, engine: PaidEngine, handler: Handler, kind: str
    ) -> None:
        self.put(fake, handler)
        error = failure(engine, self.job)
        assert error.kind == kind
        assert error.permanent == (kind not in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED})
        assert PROMPT[:12] not in error.detail
        assert fake.count("POST") == 1

    def test_nothing_in_it_has_words_for_the_child(
        self, fake: FakeOpenRouter, engine: PaidEngine
    ) -> None:
        self.put(fake, answer_json(delivered([])))
        assert failure(engine, self.job).message == NO_PICTURE

    @pytest.mark.parametrize(
        ("key", "ready", "detail"),
        [
            ({}, True, "no limit"),
            ({"limit_remaining": 12.5}, True, "12.50 USD"),
            ({"limit_remaining": 12.5, "effective_budget": budget(3.25)}, True, "3.25 USD"),
            ({"limit_remaining": 0}, False, "used up"),
            ({"effective_budget": budget(-0.5)}, False, "used up"),
        ],
    )
    def test_health_tells_the_credit(
        self,
        fake: FakeOpenRouter,
        engine: PaidEngine,
        key: dict[str, Any],
        ready: bool,
        detail: str,
    ) -> None:
        fake.key = key
        health = engine.health()
        assert health.ready == ready and detail in health.detail
        assert [each.what for each in engine.missing_requirements(self.job)] == (
            [] if ready else ["key"]
        )


class TestTheFake:
    """The official client understands the fake, and orders as we do."""

    @pytest.fixture
    def fake(self) -> Iterator[FakeOpenRouter]:
        with FakeOpenRouter() as fake:
            yield fake

    @pytest.fixture
    def client(self, fake: FakeOpenRouter) -> OpenRouter:
        return OpenRouter(api_key=fake.KEY, server_url=fake.base_url, retry_config=None)

    def test_the_client_orders_as_we_do(self, fake: FakeOpenRouter, client: OpenRouter) -> None:
        url = ContentPartImageImageURL(url=f"data:image/png;base64,{painted_base64()}")
        reference = ContentPartImage(type="image_url", image_url=url)
        said = client.images.generate(
            model=MODEL,
            prompt=PROMPT,
            n=1,
            aspect_ratio="16:9",
            resolution="2K",
            seed=7,
            input_references=[reference],
        )
        assert said.data[0].b64_json == painted_base64(2752, 1536)
        assert said.data[0].media_type == "image/png"
        assert said.usage is not None and said.usage.cost == 0.134
        given = {"image": Picture(painted(), "image/png", 64, 64)}
        job = a_job(model=MODEL, seed=7, width=2752, height=1536, pictures=given)
        list(OpenRouterImages(fake.base_url, api_key=fake.KEY).generate(job, no_progress))
        theirs, ours = (request for request in fake.requests if request.method == "POST")
        assert (theirs.path, theirs.json()) == (ours.path, ours.json())
        assert theirs.headers["authorization"] == ours.headers["authorization"]

    def test_the_client_lists_the_models(self, client: OpenRouter) -> None:
        listed = {model.id: model for model in client.images.list_models().data}
        assert set(listed[MODEL].supported_parameters) == {"aspect_ratio", "resolution", "seed"}

    # The client's own model of a key warns of two fields of it.
    @pytest.mark.filterwarnings("ignore:warning. .. DEPRECATED:DeprecationWarning")
    def test_the_client_reads_the_key(self, fake: FakeOpenRouter, client: OpenRouter) -> None:
        fake.key = {"limit_remaining": 4.5, "effective_budget": budget(4.5)}
        key = client.api_keys.get_current_key_metadata().data
        assert key.limit_remaining == 4.5
        assert key.effective_budget is not None and key.effective_budget.remaining_usd == 4.5

    @pytest.mark.parametrize(
        ("handler", "error"),
        [
            (refused(400), errors.BadRequestResponseError),
            (refused(401), errors.UnauthorizedResponseError),
            (refused(402), errors.PaymentRequiredResponseError),
            (refused(403, metadata={"reasons": ["x"]}), errors.ForbiddenResponseError),
            (refused(404), errors.NotFoundResponseError),
            (refused(429), errors.TooManyRequestsResponseError),
            (refused(502), errors.BadGatewayResponseError),
            (refused(529), errors.ProviderOverloadedResponseError),
            (refused(502, status=200), errors.ResponseValidationError),
        ],
    )
    def test_the_client_reads_the_refusals(
        self,
        fake: FakeOpenRouter,
        client: OpenRouter,
        handler: Handler,
        error: type[errors.OpenRouterError],
    ) -> None:
        fake.on("POST", "/api/v1/images", handler)
        with pytest.raises(error):
            client.images.generate(model=MODEL, prompt=PROMPT)
