"""Servers, hosts and routes: what the settings name is what runs go to."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from pipelines.servers import inventory, routing
from pipelines.servers.inventory import Server
from pipelines.servers.routing import ChosenModel


@pytest.fixture(autouse=True)
def nothing_set_up(settings: Settings) -> None:
    """This machine's own .env must not decide what is tested."""
    for name in ("COMFYUI_URL", "SWARMUI_URL", "OLLAMA_URL"):
        setattr(settings, name, [])
    for name in (
        "OPENAI_BASE_URL",
        "OPENAI_API_KEY",
        "OPENAI_IMAGES_API_KEY",
        "GEMINI_API_KEY",
        "OPENROUTER_API_KEY",
        "TEXT_MODEL",
        "CODE_MODEL",
    ):
        setattr(settings, name, "")


def engine_of(output: str) -> str | None:
    route = routing.route_of(output)
    return route.backend_type if route else None


def test_without_settings_the_embedded_machines_work_alone() -> None:
    assert [host.name for host in inventory.hosts()] == ["embedded"]
    assert routing.text_model().server.engine == "wortwerkstatt"
    assert engine_of("formwerkstatt_szene") == "formwerkstatt"
    assert engine_of("qwen") is None


def test_one_address_connects_what_it_can_make(settings: Settings) -> None:
    settings.COMFYUI_URL = ["http://gpu-1:8188"]
    assert engine_of("qwen") == engine_of("flux2") == "comfyui"
    assert engine_of("sd35_large") is None


def test_the_second_way_serves_where_the_first_is_not_set_up(settings: Settings) -> None:
    settings.OPENROUTER_API_KEY = "key"
    route = routing.route_of("gemini_3_pro_image")
    assert route is not None
    assert (route.backend_type, route.model.startswith("google/")) == ("openrouter", True)
    settings.GEMINI_API_KEY = "key"
    assert engine_of("gemini_3_pro_image") == "gemini"


def test_engines_of_one_machine_share_its_graphics_card(settings: Settings) -> None:
    settings.SWARMUI_URL = ["http://gpu-1:7801"]
    settings.COMFYUI_URL = ["http://gpu-1:8188", "http://gpu-2:8188"]
    by_name = {host.name: host for host in inventory.hosts()}
    assert dict(by_name["gpu-1"].queues) == {"swarmui": "swarmui", "comfyui": "comfyui"}
    assert dict(by_name["gpu-2"].queues) == {"comfyui": "comfyui-2"}
    assert {by_name["gpu-1"].capacity, by_name["gpu-2"].capacity} == {1}
    assert inventory.competing_queues("swarmui") == {"swarmui", "comfyui"}


def test_two_servers_of_an_engine_on_one_machine_are_two_cards(settings: Settings) -> None:
    settings.COMFYUI_URL = ["http://gpu-1:8188", "http://gpu-1:8189"]
    names = [host.name for host in inventory.hosts() if host.name != "embedded"]
    assert names == ["gpu-1", "gpu-1-2"]


def test_a_cloud_takes_several_runs_at_a_time(settings: Settings) -> None:
    settings.GEMINI_API_KEY = "key"
    settings.CLOUD_RUNS = 5
    (host,) = inventory.hosts_of("gemini")
    assert host.capacity == 5


def test_a_key_goes_only_to_the_address_it_was_given_for(settings: Settings) -> None:
    settings.OPENAI_BASE_URL = "https://api.mistral.example/v1"
    settings.OPENAI_API_KEY = "for-mistral"
    (chat,) = inventory.servers_of("openai_chat")
    assert dict(chat.options) == {"api_key": "for-mistral"}
    assert not inventory.servers_of("openai_images")


def test_the_rules_are_worked_by_the_first_model_in_the_house(settings: Settings) -> None:
    settings.OPENROUTER_API_KEY = "key"
    assert routing.text_model().server.engine == "wortwerkstatt"
    settings.OPENAI_BASE_URL = "http://127.0.0.1:8080"
    assert routing.text_model().server.engine == "openai_chat"
    settings.TEXT_MODEL = "openrouter:mistralai/mistral-small:free"
    chosen = routing.text_model()
    assert (chosen.server.engine, chosen.model) == ("openrouter", "mistralai/mistral-small:free")


def test_what_stands_at_the_openai_address_may_be_called_openai(settings: Settings) -> None:
    settings.OPENAI_BASE_URL = "http://127.0.0.1:8080"
    settings.TEXT_MODEL = "openai:tiny:1"
    chosen = routing.text_model()
    assert (chosen.server.engine, chosen.model) == ("openai_chat", "tiny:1")
    assert not routing.is_misconfigured("TEXT_MODEL")


def test_sketches_need_a_language_model(settings: Settings) -> None:
    assert engine_of("p5js_code") is None
    settings.OLLAMA_URL = ["http://gpu-1:11434"]
    assert engine_of("p5js_code") == "ollama"
    settings.CODE_MODEL = "ollama:qwen3-coder"
    route = routing.route_of("p5js_code")
    assert route is not None
    assert route.model == "qwen3-coder"


def test_a_model_setting_that_names_nothing_here_chooses_nothing() -> None:
    assert routing.chosen_model("ollama:mistral") is None
    assert routing.chosen_model("nonsense") is None


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8188", True),
        ("http://192.168.1.20:7801", True),
        ("http://gpu-1:8188", True),
        ("http://gpu-1.local:8188", True),
        ("http://[fd00::1]:8188", True),
        ("https://api.openai.com/v1", False),
        ("http://8.8.8.8:8188", False),
    ],
)
def test_what_is_in_the_house_is_told_by_the_address(url: str, is_local: bool) -> None:
    assert Server("comfyui", "comfyui", url).is_local is is_local


def test_a_key_is_never_shown() -> None:
    server = Server("gemini", "gemini", "https://g.example", (("api_key", "secret"),))
    assert "secret" not in repr(ChosenModel(server, "m"))
