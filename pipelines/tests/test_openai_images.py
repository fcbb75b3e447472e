"""Orders at OpenAI: what is sent, what comes back, and every way in which it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from pipelines.engines.jobs import ErrorKind, MediaJob, Picture
from pipelines.engines.openai_images import OpenAIImages, size_for
from pipelines.engines.paid import NO_PICTURE, PaidEngine
from pipelines.tests.paid_contract import PROMPT, PaidContract, a_job, failure, no_progress
from pipelines.tests.servers.faulty import Handler, answer_json
from pipelines.tests.servers.openai_images import FakeOpenAI, refused
from pipelines.tests.servers.painted import painted, painted_base64

PARAMETERS = {
    "quality": "medium",
    "output_format": "png",
    "background": "opaque",
    "moderation": "auto",
}
SCOPES = "You have insufficient permissions for this operation. Missing scopes: api.model.read."


class TestOpenAIImages(PaidContract):
    job = a_job(model="gpt-image-2", parameters=PARAMETERS)

    def make(self, url: str, **options: Any) -> PaidEngine:
        return OpenAIImages(url, **options)

    def busy(self, retry_after: str | None, status: int = 429) -> Handler:
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        code = "rate_limit_exceeded" if status == 429 else "server_error"
        return refused(code, status, headers=headers)

    @pytest.fixture
    def fake(self) -> Iterator[FakeOpenAI]:
        with FakeOpenAI() as fake:
            yield fake

    def test_the_order_says_all_that_the_chunk_says(
        self, fake: FakeOpenAI, engine: PaidEngine
    ) -> None:
        list(engine.generate(self.job, no_progress))
        assert fake.requests[-1].json() == {
            "model": "gpt-image-2",
            "prompt": PROMPT,
            "n": 1,
            "size": "1024x1024",
            **PARAMETERS,
        }

    def test_parameters_of_other_engines_are_left_out(
        self, fake: FakeOpenAI, engine: PaidEngine
    ) -> None:
        job = a_job(model="gpt-image-2", parameters={"steps": 20, "quality": "low"})
        (output,) = engine.generate(job, no_progress)
        assert output.metadata["quality"] == "low"
        assert "steps" not in fake.requests[-1].json()

    @pytest.mark.parametrize(
        ("form", "content_type", "extension"),
        [("jpeg", "image/jpeg", "jpg"), ("webp", "image/webp", "webp")],
    )
    def test_other_formats_come_too(
        self, engine: PaidEngine, form: str, content_type: str, extension: str
    ) -> None:
        job = a_job(model="gpt-image-2", parameters={"output_format": form})
        (output,) = engine.generate(job, no_progress)
        assert (output.content_type, output.extension) == (content_type, extension)

    def test_pictures_are_given_along(self, fake: FakeOpenAI, engine: PaidEngine) -> None:
        given = Picture(painted(), "image/png", 64, 64)
        job = a_job(model="gpt-image-2", pictures={"image": given}, parameters=PARAMETERS)
        (output,) = engine.generate(job, no_progress)
        assert output.metadata["width"] == 1024
        assert fake.requests[-1].path == "/v1/images/edits"
        assert painted() in fake.requests[-1].body

    @pytest.mark.parametrize(
        ("model", "width", "height", "size"),
        [
            ("gpt-image-2", 1024, 1024, "1024x1024"),
            ("gpt-image-2.5-flare", 1536, 864, "1536x864"),
            ("gpt-image-2", 1000, 1000, "1008x1008"),
            ("gpt-image-2", 512, 512, "816x816"),
            ("gpt-image-2", 64, 64, "816x816"),
            ("gpt-image-2", 4096, 4096, "2880x2880"),
            ("gpt-image-2", 4096, 2304, "3840x2160"),
            ("gpt-image-2", 2304, 4096, "2160x3840"),
            ("gpt-image-1.5", 1344, 768, "1536x1024"),
            ("gpt-image-1.5", 1100, 1024, "1024x1024"),
            ("gpt-image-1-mini", 768, 1344, "1024x1536"),
            ("chatgpt-image-latest", 2048, 2048, "1024x1024"),
        ],
    )
    def test_sizes_are_those_that_the_model_draws(
        self, model: str, width: int, height: int, size: str
    ) -> None:
        assert size_for(model, width, height) == size

    @pytest.mark.parametrize("width", [64, 333, 1000, 1777, 4096])
    @pytest.mark.parametrize("height", [64, 333, 1000, 1777, 4096])
    def test_every_size_of_a_chunk_becomes_one_that_is_drawn(
        self, engine: PaidEngine, width: int, height: int
    ) -> None:
        job = a_job(model="gpt-image-2", width=width, height=height)
        (output,) = engine.generate(job, no_progress)
        assert output.metadata["size"] == f"{output.metadata['width']}x{output.metadata['height']}"

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            pytest.param(
                refused(
                    "moderation_blocked",
                    type="image_generation_user_error",
                    message="Your request was rejected by the safety system. "
                    f"safety_violations=[violence]. {PROMPT}",
                ),
                ErrorKind.CONTENT_BLOCKED,
                id="moderation",
            ),
            pytest.param(
                refused("content_policy_violation"), ErrorKind.CONTENT_BLOCKED, id="policy"
            ),
            pytest.param(refused("invalid_api_key", 401), ErrorKind.AUTH, id="key"),
            pytest.param(
                refused("unsupported_country_region_territory", 403), ErrorKind.AUTH, id="country"
            ),
            pytest.param(
                refused(None, 403, message="Your organization must be verified to use the model."),
                ErrorKind.AUTH,
                id="organization not verified",
            ),
            pytest.param(
                refused("model_not_found", 404), ErrorKind.MISSING_MODEL, id="model gone, 404"
            ),
            pytest.param(
                refused("model_not_found", 400), ErrorKind.MISSING_MODEL, id="model gone, 400"
            ),
            pytest.param(
                refused("invalid_value", 400, param="model"),
                ErrorKind.MISSING_MODEL,
                id="model refused",
            ),
            pytest.param(
                refused("insufficient_quota", 429, headers={"Retry-After": "1"}),
                ErrorKind.QUOTA,
                id="no credit",
            ),
            pytest.param(
                refused("credit_balance_exhausted", 429), ErrorKind.QUOTA, id="credit used up"
            ),
            pytest.param(
                refused("billing_hard_limit_reached", 400), ErrorKind.QUOTA, id="limit reached"
            ),
            pytest.param(
                refused("invalid_value", 400, param="size"), ErrorKind.BAD_REQUEST, id="a field"
            ),
            pytest.param(refused(None, 413), ErrorKind.BAD_REQUEST, id="too large"),
            pytest.param(refused(None, 408), ErrorKind.TIMEOUT, id="timeout"),
            pytest.param(refused("slow_down", 529), ErrorKind.BUSY, id="slow down"),
            pytest.param(
                answer_json({"error": {"message": "?", "code": "server_error"}}),
                ErrorKind.BACKEND_FAILED,
                id="200 with an error",
            ),
            pytest.param(answer_json({"error": "broken"}), ErrorKind.BACKEND_FAILED, id="a word"),
            pytest.param(answer_json({"data": []}), ErrorKind.BAD_RESPONSE, id="no data"),
            pytest.param(answer_json({"data": [{}]}), ErrorKind.BAD_RESPONSE, id="no picture"),
            pytest.param(answer_json({"data": None}), ErrorKind.BAD_RESPONSE, id="null"),
            pytest.param(
                answer_json({"data": [{"url": "https://example.org/a.png"}]}),
                ErrorKind.BAD_RESPONSE,
                id="an address instead of a picture",
            ),
            pytest.param(
                answer_json({"data": [{"b64_json": "no base64 ä"}]}),
                ErrorKind.BAD_RESPONSE,
                id="no base64",
            ),
            pytest.param(
                answer_json({"data": [{"b64_json": "PGh0bWw+"}]}),
                ErrorKind.BAD_RESPONSE,
                id="base64 that is no picture",
            ),
            pytest.param(
                answer_json({"data": [{"b64_json": painted_base64(512, 512)[:600]}]}),
                ErrorKind.BAD_RESPONSE,
                id="half a picture",
            ),
        ],
    )
    def test_refusals_are_told_apart_and_not_tried_again(
        self, fake: FakeOpenAI, engine: PaidEngine, handler: Handler, kind: str
    ) -> None:
        self.put(fake, handler)
        error = failure(engine, self.job)
        assert error.kind == kind
        later = kind in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED}
        assert error.permanent != later
        assert fake.count("POST") == 1

    def test_a_refusal_names_the_request_and_the_reason(
        self, fake: FakeOpenAI, engine: PaidEngine
    ) -> None:
        self.put(fake, refused("invalid_value", param="size", message="Invalid size."))
        detail = failure(engine, self.job).detail
        for part in ("OpenAI 400", "invalid_value", "size", "Invalid size.", "req_fake2"):
            assert part in detail

    def test_a_key_that_the_vendor_repeats_stays_out_of_the_records(
        self, fake: FakeOpenAI, engine: PaidEngine
    ) -> None:
        self.put(fake, refused(None, 403, message=f"{fake.KEY} may not do this."))
        detail = failure(engine, self.job).detail
        assert "may not do this" in detail and fake.KEY not in detail

    def test_an_answer_without_picture_has_words_for_the_child(
        self, fake: FakeOpenAI, engine: PaidEngine
    ) -> None:
        self.put(fake, answer_json({"data": []}))
        assert failure(engine, self.job).message == NO_PICTURE

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_key_that_may_only_draw_is_good_enough(
        self, fake: FakeOpenAI, engine: PaidEngine, status: int
    ) -> None:
        fake.on("GET", "/v1/models", refused(None, status, message=SCOPES))
        health = engine.health()
        assert health.ready and health.detail and not health.models
        assert engine.missing_requirements(self.job) == ()


class TestTheFake:
    """The official client understands the fake; so does it our orders."""

    @pytest.fixture
    def fake(self) -> Iterator[FakeOpenAI]:
        with FakeOpenAI() as fake:
            yield fake

    @pytest.fixture
    def client(self, fake: FakeOpenAI) -> openai.OpenAI:
        return openai.OpenAI(base_url=fake.base_url, api_key=fake.KEY, max_retries=0)

    def order(self, client: openai.OpenAI) -> Any:
        return client.images.generate(
            model="gpt-image-2",
            prompt=PROMPT,
            n=1,
            size="1024x1024",
            quality="medium",
            output_format="png",
            background="opaque",
            moderation="auto",
        )

    def test_the_client_orders_as_we_do(self, fake: FakeOpenAI, client: openai.OpenAI) -> None:
        said = self.order(client)
        assert said.data[0].b64_json == painted_base64(1024, 1024)
        assert said.usage.total_tokens == 1065 and said.size == "1024x1024"
        job: MediaJob = TestOpenAIImages.job
        list(OpenAIImages(fake.base_url, api_key=fake.KEY).generate(job, no_progress))
        theirs, ours = fake.requests
        assert (theirs.path, theirs.json()) == (ours.path, ours.json())
        assert theirs.headers["authorization"] == ours.headers["authorization"]

    def test_the_client_gives_pictures_as_we_do(
        self, fake: FakeOpenAI, client: openai.OpenAI
    ) -> None:
        files = [("1.png", painted(), "image/png")]
        client.images.edit(model="gpt-image-2", prompt=PROMPT, image=files, size="1024x1024", n=1)
        given = Picture(painted(), "image/png", 64, 64)
        job = a_job(model="gpt-image-2", pictures={"image": given})
        list(OpenAIImages(fake.base_url, api_key=fake.KEY).generate(job, no_progress))
        theirs, ours = (re.findall(rb'name="([^"]+)"', r.body) for r in fake.requests)
        assert sorted(theirs) == sorted(ours) and b"image[]" in ours
        assert fake.requests[0].path == fake.requests[1].path

    def test_the_client_lists_the_models(self, client: openai.OpenAI) -> None:
        assert "gpt-image-2" in {model.id for model in client.models.list()}

    @pytest.mark.parametrize(
        ("handler", "error", "code"),
        [
            (refused("moderation_blocked"), openai.BadRequestError, "moderation_blocked"),
            (refused("invalid_api_key", 401), openai.AuthenticationError, "invalid_api_key"),
            (refused(None, 403), openai.PermissionDeniedError, None),
            (refused("model_not_found", 404), openai.NotFoundError, "model_not_found"),
            (refused("insufficient_quota", 429), openai.RateLimitError, "insufficient_quota"),
            (refused("slow_down", 503), openai.InternalServerError, "slow_down"),
        ],
    )
    def test_the_client_reads_the_refusals(
        self,
        fake: FakeOpenAI,
        client: openai.OpenAI,
        handler: Handler,
        error: type[openai.APIStatusError],
        code: str | None,
    ) -> None:
        fake.on("POST", "/v1/images/generations", handler)
        with pytest.raises(error) as caught:
            self.order(client)
        assert caught.value.code == code and caught.value.request_id == "req_fake2"
