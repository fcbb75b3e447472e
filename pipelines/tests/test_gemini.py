"""Orders at Gemini: what is sent, what comes back, and every way in which it is refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from pipelines.engines.gemini import Gemini
from pipelines.engines.jobs import ErrorKind, Picture
from pipelines.engines.paid import NO_PICTURE, PaidEngine
from pipelines.tests.paid_contract import PROMPT, PaidContract, a_job, failure, no_progress
from pipelines.tests.servers.faulty import Handler, answer_json
from pipelines.tests.servers.gemini import (
    FakeGemini,
    answered,
    bad_key,
    because,
    blocked,
    drawn,
    over,
    refused,
    retry_in,
)
from pipelines.tests.servers.painted import painted

MODEL = "gemini-3-pro-image"
ORDER = f"/v1beta/models/{MODEL}:generateContent"


class TestGemini(PaidContract):
    job = a_job(model=MODEL)

    def make(self, url: str, **options: Any) -> PaidEngine:
        return Gemini(url, **options)

    def busy(self, retry_after: str | None, status: int = 429) -> Handler:
        name = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}.get(status, "INTERNAL")
        details = [] if retry_after is None else [retry_in(retry_after + "s")]
        return refused(status, name, "Busy.", *details)

    @pytest.fixture
    def fake(self) -> Iterator[FakeGemini]:
        with FakeGemini() as fake:
            yield fake

    def test_the_order_says_all_that_the_job_says(
        self, fake: FakeGemini, engine: PaidEngine
    ) -> None:
        list(engine.generate(self.job, no_progress))
        (order,) = fake.requests
        assert order.path == ORDER and not order.query, "the key is in no address"
        assert order.json() == {
            "contents": [{"role": "user", "parts": [{"text": PROMPT}]}],
            "generationConfig": {
                "responseModalities": ["TEXT", "IMAGE"],
                "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K"},
                "seed": 0,
            },
        }

    @pytest.mark.parametrize(
        ("width", "height", "ratio", "grade", "comes"),
        [
            (1024, 1024, "1:1", "1K", (1024, 1024)),
            (512, 512, "1:1", "1K", (1024, 1024)),
            (1344, 768, "16:9", "1K", (1376, 768)),
            (768, 1344, "9:16", "1K", (768, 1376)),
            (1200, 900, "4:3", "1K", (1200, 896)),
            (1024, 1280, "4:5", "1K", (928, 1152)),
            (2048, 2048, "1:1", "2K", (2048, 2048)),
            (4096, 1024, "21:9", "2K", (3168, 1344)),
            (4096, 4096, "1:1", "4K", (4096, 4096)),
        ],
    )
    def test_sizes_become_proportions_and_grades(
        self,
        fake: FakeGemini,
        engine: PaidEngine,
        width: int,
        height: int,
        ratio: str,
        grade: str,
        comes: tuple[int, int],
    ) -> None:
        (output,) = engine.generate(a_job(model=MODEL, width=width, height=height), no_progress)
        image = fake.requests[-1].json()["generationConfig"]["imageConfig"]
        assert image == {"aspectRatio": ratio, "imageSize": grade}
        assert (output.metadata["width"], output.metadata["height"]) == comes

    def test_a_chunk_may_name_proportion_and_grade_itself(
        self, fake: FakeGemini, engine: PaidEngine
    ) -> None:
        own = {"aspect_ratio": "21:9", "image_size": "2K"}
        list(engine.generate(a_job(model=MODEL, parameters=own), no_progress))
        image = fake.requests[-1].json()["generationConfig"]["imageConfig"]
        assert image == {"aspectRatio": "21:9", "imageSize": "2K"}

    def test_safety_settings_of_the_chunk_are_sent(
        self, fake: FakeGemini, engine: PaidEngine
    ) -> None:
        strict = ({"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"},)
        list(
            engine.generate(a_job(model=MODEL, parameters={"safety_settings": strict}), no_progress)
        )
        assert fake.requests[-1].json()["safetySettings"] == list(strict)

    def test_pictures_are_given_along(self, fake: FakeGemini, engine: PaidEngine) -> None:
        given = Picture(painted(), "image/png", 64, 64)
        list(engine.generate(a_job(model=MODEL, pictures={"image": given}), no_progress))
        parts = fake.requests[-1].json()["contents"][0]["parts"]
        assert parts == [{"text": PROMPT}, drawn()]

    def test_what_was_drawn_on_the_way_is_no_result(
        self, fake: FakeGemini, engine: PaidEngine
    ) -> None:
        parts = [
            {"text": "I think of a garden.", "thought": True},
            drawn(32, 32, thought=True),
            {"text": "Here it is."},
            drawn(128, 96, "JPEG", thoughtSignature="c2ln"),
        ]
        fake.on("POST", "/v1beta/models/", answer_json(answered(parts)))
        (output,) = engine.generate(self.job, no_progress)
        assert (output.metadata["width"], output.content_type) == (128, "image/jpeg")
        assert output.metadata["words"] == "Here it is."

    def test_thoughts_alone_are_no_picture(self, fake: FakeGemini, engine: PaidEngine) -> None:
        self.put(fake, answer_json(answered([drawn(thought=True)])))
        error = failure(engine, self.job)
        assert (error.kind, error.message) == (ErrorKind.BAD_RESPONSE, NO_PICTURE)

    @pytest.mark.parametrize(
        "reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY"]
    )
    def test_a_blocked_prompt_is_told(
        self, fake: FakeGemini, engine: PaidEngine, reason: str
    ) -> None:
        self.put(fake, answer_json(blocked(reason)))
        error = failure(engine, self.job)
        assert (error.kind, error.permanent) == (ErrorKind.CONTENT_BLOCKED, True)
        assert reason in error.detail and fake.count("POST") == 1

    @pytest.mark.parametrize("parts", [None, []])
    @pytest.mark.parametrize(
        ("reason", "kind"),
        [
            ("SAFETY", ErrorKind.CONTENT_BLOCKED),
            ("IMAGE_SAFETY", ErrorKind.CONTENT_BLOCKED),
            ("IMAGE_PROHIBITED_CONTENT", ErrorKind.CONTENT_BLOCKED),
            ("PROHIBITED_CONTENT", ErrorKind.CONTENT_BLOCKED),
            ("IMAGE_RECITATION", ErrorKind.CONTENT_BLOCKED),
            ("RECITATION", ErrorKind.CONTENT_BLOCKED),
            ("BLOCKLIST", ErrorKind.CONTENT_BLOCKED),
            ("SPII", ErrorKind.CONTENT_BLOCKED),
            ("IMAGE_OTHER", ErrorKind.BAD_RESPONSE),
            ("NO_IMAGE", ErrorKind.BAD_RESPONSE),
            ("OTHER", ErrorKind.BAD_RESPONSE),
            ("MAX_TOKENS", ErrorKind.BAD_RESPONSE),
            ("LANGUAGE", ErrorKind.BAD_RESPONSE),
            ("STOP", ErrorKind.BAD_RESPONSE),
            ("SOMETHING_NEW", ErrorKind.BAD_RESPONSE),
            (None, ErrorKind.BAD_RESPONSE),
            ("PUP_LIMITED_DISABLED", ErrorKind.AUTH),
        ],
    )
    def test_an_end_without_picture_is_told_by_its_reason(
        self, fake: FakeGemini, engine: PaidEngine, parts: Any, reason: str | None, kind: str
    ) -> None:
        self.put(fake, answer_json(answered(parts, reason=reason)))
        error = failure(engine, self.job)
        assert (error.kind, error.permanent) == (kind, True)
        assert (error.message == NO_PICTURE) == (kind == ErrorKind.BAD_RESPONSE)
        assert fake.count("POST") == 1

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            pytest.param(bad_key, ErrorKind.AUTH, id="key"),
            pytest.param(refused(401, "UNAUTHENTICATED"), ErrorKind.AUTH, id="not let in"),
            pytest.param(
                refused(403, "PERMISSION_DENIED", "No.", because("SERVICE_DISABLED")),
                ErrorKind.AUTH,
                id="service not switched on",
            ),
            pytest.param(
                refused(
                    400, "FAILED_PRECONDITION", "User location is not supported for the API use."
                ),
                ErrorKind.AUTH,
                id="country",
            ),
            pytest.param(
                refused(404, "NOT_FOUND", "models/x is not found"),
                ErrorKind.MISSING_MODEL,
                id="model gone",
            ),
            pytest.param(
                refused(
                    429,
                    "RESOURCE_EXHAUSTED",
                    "Quota.",
                    over("GenerateRequestsPerDayPerProjectPerModel"),
                    retry_in("17s"),
                ),
                ErrorKind.QUOTA,
                id="quota of the day",
            ),
            pytest.param(refused(429, "RESOURCE_EXHAUSTED"), ErrorKind.BUSY, id="rate, no hint"),
            pytest.param(
                refused(400, "INVALID_ARGUMENT", f"Bad text: {PROMPT}"),
                ErrorKind.BAD_REQUEST,
                id="a field",
            ),
            pytest.param(refused(504, "DEADLINE_EXCEEDED"), ErrorKind.TIMEOUT, id="deadline"),
            pytest.param(
                answer_json([{"error": {"code": 403, "message": "No.", "status": "X"}}], 403),
                ErrorKind.AUTH,
                id="wrapped in a list",
            ),
            pytest.param(
                answer_json({"error": {"code": 500, "message": "No.", "status": "INTERNAL"}}),
                ErrorKind.BACKEND_FAILED,
                id="200 with an error",
            ),
            pytest.param(
                answer_json({"candidates": []}), ErrorKind.BAD_RESPONSE, id="no candidate"
            ),
            pytest.param(answer_json({"candidates": [7]}), ErrorKind.BAD_RESPONSE, id="a number"),
            pytest.param(
                answer_json(answered([{"inlineData": {"mimeType": "image/png", "data": ""}}])),
                ErrorKind.BAD_RESPONSE,
                id="empty picture",
            ),
            pytest.param(
                answer_json(answered([{"inlineData": {"mimeType": "image/png", "data": "PGh0"}}])),
                ErrorKind.BAD_RESPONSE,
                id="no picture in it",
            ),
        ],
    )
    def test_refusals_are_told_apart_and_not_tried_again(
        self, fake: FakeGemini, engine: PaidEngine, handler: Handler, kind: str
    ) -> None:
        self.put(fake, handler)
        error = failure(engine, self.job)
        assert error.kind == kind
        assert error.permanent == (kind not in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED})
        assert fake.count("POST") == 1


class TestTheFake:
    """The official client understands the fake, and orders as we do."""

    @pytest.fixture
    def fake(self) -> Iterator[FakeGemini]:
        with FakeGemini() as fake:
            yield fake

    @pytest.fixture
    def client(self, fake: FakeGemini) -> genai.Client:
        options = types.HttpOptions(base_url=fake.url, api_version="v1beta")
        return genai.Client(api_key=fake.KEY, http_options=options)

    def order(self, client: genai.Client) -> types.GenerateContentResponse:
        return client.models.generate_content(
            model=MODEL,
            contents=[
                types.Content(
                    role="user",
                    parts=[
                        types.Part.from_text(text=PROMPT),
                        types.Part.from_bytes(data=painted(), mime_type="image/png"),
                    ],
                )
            ],
            config=types.GenerateContentConfig(
                response_modalities=["TEXT", "IMAGE"],
                image_config=types.ImageConfig(aspect_ratio="16:9", image_size="2K"),
                seed=7,
                safety_settings=[
                    types.SafetySetting(
                        category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
                        threshold=types.HarmBlockThreshold.BLOCK_LOW_AND_ABOVE,
                    )
                ],
            ),
        )

    def test_the_client_orders_as_we_do(self, fake: FakeGemini, client: genai.Client) -> None:
        said = self.order(client)
        assert said.candidates and said.candidates[0].content and said.candidates[0].content.parts
        blob = said.candidates[0].content.parts[0].inline_data
        assert blob is not None and blob.data == painted(2752, 1536)
        assert said.response_id == "resp-fake1" and said.model_version == MODEL
        job = a_job(
            model=MODEL,
            seed=7,
            width=2752,
            height=1536,
            pictures={"image": Picture(painted(), "image/png", 64, 64)},
            parameters={
                "safety_settings": [
                    {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"}
                ]
            },
        )
        list(Gemini(fake.base_url, api_key=fake.KEY).generate(job, no_progress))
        theirs, ours = fake.requests
        # The client writes bytes in the other alphabet of base64, and one name in snake case;
        # Google reads both.
        part = theirs.json()["contents"][0]["parts"][1]["inlineData"]
        data = base64.b64encode(base64.urlsafe_b64decode(part["data"])).decode()
        known = theirs.json()
        known["contents"][0]["parts"][1]["inlineData"] = {
            "mimeType": part["mime_type"],
            "data": data,
        }
        assert (theirs.path, known) == (ours.path, ours.json())
        assert theirs.headers["x-goog-api-key"] == ours.headers["x-goog-api-key"]

    def test_the_client_lists_the_models(self, client: genai.Client) -> None:
        assert f"models/{MODEL}" in {model.name for model in client.models.list()}

    @pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "IMAGE_SAFETY"])
    def test_the_client_reads_a_blocked_prompt(
        self, fake: FakeGemini, client: genai.Client, reason: str
    ) -> None:
        fake.on("POST", "/v1beta/models/", answer_json(blocked(reason)))
        said = self.order(client)
        assert not said.candidates and said.prompt_feedback is not None
        assert said.prompt_feedback.block_reason == reason

    def test_the_client_reads_thoughts_and_reasons(
        self, fake: FakeGemini, client: genai.Client
    ) -> None:
        parts = [drawn(thought=True)]
        fake.on("POST", "/v1beta/models/", answer_json(answered(parts, reason="IMAGE_SAFETY")))
        said = self.order(client)
        assert said.candidates and said.candidates[0].content and said.candidates[0].content.parts
        assert said.candidates[0].finish_reason == "IMAGE_SAFETY"
        assert said.candidates[0].content.parts[0].thought

    @pytest.mark.parametrize(
        ("handler", "error", "status"),
        [
            (bad_key, errors.ClientError, "INVALID_ARGUMENT"),
            (refused(404, "NOT_FOUND"), errors.ClientError, "NOT_FOUND"),
            (
                refused(429, "RESOURCE_EXHAUSTED", "No.", retry_in("17s"), over("PerDay")),
                errors.ClientError,
                "RESOURCE_EXHAUSTED",
            ),
            (refused(503, "UNAVAILABLE"), errors.ServerError, "UNAVAILABLE"),
        ],
    )
    def test_the_client_reads_the_refusals(
        self,
        fake: FakeGemini,
        client: genai.Client,
        handler: Handler,
        error: type[errors.APIError],
        status: str,
    ) -> None:
        fake.on("POST", "/v1beta/models/", handler)
        with pytest.raises(error) as caught:
            self.order(client)
        assert caught.value.status == status
