"""A fake of SwarmUI: its own API over HTTP and WebSocket, with pictures of one colour.

There is no official Python client to check it with. It is written from SwarmUI's documentation
(docs/API.md, docs/APIRoutes/*.md, docs/Features/Prompt Syntax.md) and from its published source of
2026-08-21 where that says more: which status and body every refusal has, how parameters' names
are read, what the WebSocket sends in which order, where pictures are kept.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

from pipelines.tests.servers.faulty import Exchange, FaultyServer
from pipelines.tests.servers.painted import painted
from pipelines.tests.servers.websocket import ServerSocket

MODELS = ("sd3/sd3.5_large.safetensors", "sd3/sd3.5_large_turbo.safetensors")
LORAS = ("paper cut.safetensors",)
# As ListT2IParams gives them: the name in lower-case letters.
PARAMETERS = frozenset(
    {
        *("prompt", "negativeprompt", "images", "seed", "steps", "cfgscale", "width", "height"),
        *("model", "loras", "loraweights", "sampler", "scheduler", "initimage"),
        *("initimagecreativity", "overrideoutpathformat", "imageformat", "batchsize"),
        *("donotsave", "donotsaveintermediates"),
    }
)
EVERYTHING = frozenset({"basic_image_generation", "view_image_history", "load_models_now"})
PERMISSIONS = {
    "generatetext2image": "basic_image_generation",
    "generatetext2imagews": "basic_image_generation",
    "interruptall": "basic_image_generation",
    "listimages": "view_image_history",
    "selectmodel": "load_models_now",
}
TAG = re.compile(r"<(random|lora|segment|preset|param|wildcard|object)\b[^<>]*>", re.IGNORECASE)
UNSAFE_IN_NAMES = re.compile(r"""[<>:"\\|?*~&@;#$^.\x00-\x1f]""")

Say = Callable[[dict[str, Any]], None]


@dataclass
class Held:
    """A session as the server holds it."""

    live: int = 0
    interrupted: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Refusal(Exception):
    status: int
    body: dict[str, str]


class FakeSwarmUI(FaultyServer):
    """What it does can be set before and while it works.

    `orders` are the orders that were carried out, with the parameters that were understood.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sessions: dict[str, Held] = {}
        self.sessions_made = 0
        self.orders: list[dict[str, Any]] = []
        self.tags: list[str] = []
        # Path as the API tells it -> (bytes, metadata).
        self.pictures: dict[str, tuple[bytes, str]] = {}
        self.selected: list[str] = []
        self.percent: Any = 0.5
        self.models, self.loras = list(MODELS), list(LORAS)
        self.parameters = set(PARAMETERS)
        self.permissions = set(EVERYTHING)
        self.user, self.append_user, self.token = "local", True, ""
        self.backends = {"status": "running", "class": "", "message": "", "any_loading": False}
        # The sentence with which orders are refused, inside a 200.
        self.error = ""
        # For each order: "before" or "after" it is carried out the connection breaks off;
        # "closed" is after it, in order and without a word.
        self.breaks: list[str] = []
        # The status by which WebSockets are refused.
        self.no_websocket = 0
        self.saves_files = True
        # Are in the answers beside the picture that was ordered.
        self.strays: list[int] = []
        self.discards: list[int] = []
        self.data = painted(64, 64)
        self.file_name = ""
        # Orders wait for it.
        self.may_finish = threading.Event()
        self.may_finish.set()
        self.begun = threading.Event()
        self.on("POST", "/API/", self._post)
        self.on("GET", "/API/", self._get)
        self.on("GET", "/View/", self._view)
        self.on("GET", "/Output/", self._view)

    def restart(self) -> None:
        """Forget what only the memory knows, sessions too (as without their database)."""
        for held in self.sessions.values():
            held.interrupted.set()
        self.sessions.clear()

    # Routes -------------------------------------------------------------------------------

    def _post(self, exchange: Exchange) -> None:
        received = exchange.received
        route = received.path.removeprefix("/API/").lower()
        try:
            if not received.headers.get("content-type", "").startswith("application/json"):
                raise Refusal(400, {"error_id": "basic_api", "error": "Wrong content type"})
            if int(received.headers.get("content-length", 0)) <= 0:
                raise Refusal(400, {"error_id": "basic_api", "error": "bad content length"})
            said = received.json()
            if route == "getnewsession":
                exchange.answer_json(self._new_session(received.headers.get("cookie", "")))
                return
            held = self._admitted(route, said)
            if route == "generatetext2imagews":
                wrong = "API route needs websocket, request is HTTP"
                raise Refusal(400, {"error_id": "bad_request_method", "error": wrong})
            if route == "generatetext2image":
                self._generate_by_post(exchange, held, said)
                return
            answer = getattr(self, f"_{route}", None)
            if answer is None:
                raise Refusal(400, {"error_id": "bad_route", "error": "Unknown API route"})
            exchange.answer_json(answer(held, said))
        except Refusal as refusal:
            exchange.answer_json(refusal.body, refusal.status)

    def _get(self, exchange: Exchange) -> None:
        if exchange.received.headers.get("upgrade", "").lower() != "websocket":
            exchange.answer(302, b"", {"Location": "/Error/NoGetAPI"})
            return
        if self.no_websocket:
            exchange.answer(self.no_websocket, b"no WebSockets here")
            return
        socket = ServerSocket(exchange)
        said = json.loads(socket.receive())
        route = exchange.received.path.removeprefix("/API/").lower()
        try:
            held = self._admitted(route, said)
            if route != "generatetext2imagews":
                raise Refusal(404, {"error_id": "bad_route", "error": "Unknown API route."})
        except Refusal as refusal:
            # Over a WebSocket there is no status.
            socket.send(json.dumps(refusal.body))
            socket.close()
            return
        fault = self.breaks.pop(0) if self.breaks else ""
        if fault == "before":
            exchange.reset()
            return

        def say(message: dict[str, Any]) -> None:
            if not fault:
                # A client that has left: the order is carried out all the same.
                with suppress(OSError):
                    socket.send(json.dumps(message))

        say(self._status(held))
        self._carry_out(held, said, say, watched=True)
        if fault == "after":
            exchange.reset()
            return
        say({"socket_intention": "close"})
        say(self._status(held))
        socket.close()

    def _generate_by_post(self, exchange: Exchange, held: Held, said: dict[str, Any]) -> None:
        fault = self.breaks.pop(0) if self.breaks else ""
        if fault == "before":
            exchange.reset()
            return
        messages: list[dict[str, Any]] = []
        self._carry_out(held, said, messages.append, watched=False)
        if fault:
            exchange.reset()
            return
        for message in messages:
            if "error" in message:
                exchange.answer_json(message)
                return
        exchange.answer_json({"images": [m["image"] for m in messages if "image" in m]})

    def _admitted(self, route: str, said: dict[str, Any]) -> Held:
        if "session_id" not in said:
            raise Refusal(400, {"error_id": "basic_api", "error": "missing session id"})
        held = self.sessions.get(said["session_id"])
        if held is None:
            message = "Invalid session ID. You may need to refresh the page."
            raise Refusal(401, {"error_id": "invalid_session_id", "error": message})
        if PERMISSIONS.get(route, "basic_image_generation") not in self.permissions:
            message = "You lack permissions for this route."
            raise Refusal(400, {"error_id": "bad_permissions", "error": message})
        return held

    def _new_session(self, cookie: str) -> dict[str, Any]:
        if self.token and f"swarm_token={self.token}" not in cookie:
            return {"error": "Invalid or unauthorized."}
        name = uuid4().hex.upper()
        self.sessions[name] = Held()
        self.sessions_made += 1
        return {
            "session_id": name,
            "user_id": self.user,
            "output_append_user": self.append_user,
            "version": "0.9.8.0.GIT-062407c7",
            "server_id": str(uuid4()),
            "permissions": sorted(self.permissions),
        }

    def _status(self, held: Held) -> dict[str, Any]:
        counts = {"waiting_gens": held.live, "loading_models": 0, "waiting_backends": 0}
        return {
            "status": counts | {"live_gens": held.live},
            "backend_status": self.backends,
            "supported_features": ["comfyui"],
        }

    def _getcurrentstatus(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        return self._status(held)

    def _interruptall(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        for each in self.sessions.values() if said.get("other_sessions") else [held]:
            each.interrupted.set()
        return {"success": True}

    def _listmodels(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        names = {"Stable-Diffusion": self.models, "LoRA": self.loras}.get(said["subtype"])
        if names is None:
            return {"error": "Invalid sub-type."}
        return {"folders": [], "files": [{"name": name, "title": name} for name in names]}

    def _listt2iparams(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        return {"list": [{"name": name.title(), "id": name} for name in sorted(self.parameters)]}

    def _selectmodel(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        if said["model"] not in self.models:
            return {"error": "Model not found."}
        self.selected.append(said["model"])
        return {"success": True}

    def _listimages(self, held: Held, said: dict[str, Any]) -> dict[str, Any]:
        begin = self._root() + said["path"].strip("/") + "/"
        found = [
            (path, payload)
            for path, (_, payload) in self.pictures.items()
            if path[: len(begin)] == begin
        ]
        files = [{"src": path[len(begin) :], "metadata": payload} for path, payload in found]
        return {"folders": [], "files": files}

    def _view(self, exchange: Exchange) -> None:
        path = "/".join(map(unquote, exchange.received.path.strip("/").split("/")))
        if path not in self.pictures:
            missing = {"error_id": "file_not_found", "error": "404, file not found."}
            exchange.answer_json(missing, 404)
            return
        exchange.answer(200, self.pictures[path][0], {"Content-Type": "image/png"})

    # Orders -------------------------------------------------------------------------------

    def _carry_out(self, held: Held, said: dict[str, Any], say: Say, *, watched: bool) -> None:
        # Names are read without anything but their letters; what is unknown is dropped.
        named = {re.sub("[^a-z]", "", key.lower()): value for key, value in said.items()}
        order = {key: value for key, value in named.items() if key in self.parameters}
        if refusal := self.error or self._mistake(order):
            say({"error": refusal})
            return
        held.interrupted.clear()
        held.live += 1
        self.begun.set()
        try:
            if watched:
                counts = {"waiting_gens": 1, "loading_models": 0, "live_gens": 0}
                say({"status": counts | {"waiting_backends": 1}})
                say({"status": counts | {"waiting_backends": 1, "loading_models": 1}})
                say({"keep_alive": True})
                say({"gen_progress": self._progress()})
            while not self.may_finish.wait(0.01):
                if held.interrupted.is_set():
                    say({"error": "Generation session interrupted."})
                    return
            self.orders.append(order)
            self.tags += TAG.findall(order.get("prompt", "") + order.get("negativeprompt", ""))
            job = (said.get("extra_metadata") or {}).get("job")
            payload = json.dumps(
                {
                    "sui_image_params": {k: v for k, v in order.items() if k != "initimage"},
                    "sui_extra_data": {"job": job, "generation_time": "1.20 sec"},
                }
            )
            for index in (*self.strays, 0):
                address = self._saved(order, payload)
                message = {"image": address, "batch_index": str(index), "request_id": "7"}
                say(message | {"metadata": payload})
            say({"discard_indices": self.discards})
        finally:
            held.live -= 1

    def _mistake(self, order: dict[str, Any]) -> str:
        if order.get("model") not in self.models:
            # The real one looks for a model that contains the name.
            return (
                f"Invalid value for parameter Model: Invalid model value - '{order.get('model')}'"
            )
        steps = str(order.get("steps", 20))
        if not steps.isdecimal() or not 0 <= int(steps) <= 500:
            return f"Invalid value for parameter Steps: Invalid integer value - '{steps}'"
        return ""

    def _progress(self) -> dict[str, Any]:
        preview = base64.b64encode(painted(8, 8, "JPEG")).decode()
        return {
            "batch_index": "0",
            "request_id": "7",
            "overall_percent": self.percent,
            "current_percent": 0.25,
            "preview": f"data:image/jpeg;base64,{preview}",
        }

    def _saved(self, order: dict[str, Any], payload: str) -> str:
        if order.get("donotsave") is True or not self.saves_files:
            return "data:image/png;base64," + base64.b64encode(self.data).decode()
        pattern = UNSAFE_IN_NAMES.sub("", order.get("overrideoutpathformat", "raw/[number]"))
        if self.file_name:
            pattern = pattern.replace("[number]", self.file_name)
        number = 1
        while (path := self._root() + pattern.replace("[number]", str(number)) + ".png") in (
            self.pictures
        ):
            number += 1
        self.pictures[path] = (self.data, payload)
        return path

    def _root(self) -> str:
        return f"View/{self.user}/" if self.append_user else "Output/"
