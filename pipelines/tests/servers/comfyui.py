"""A fake of ComfyUI for faults and for pages: it queues and answers as 0.3.75 does, draws nothing.

The real one is in the engine lab; what the two have in common is tested there.
"""

from __future__ import annotations

import io
import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from pipelines.tests.servers.faulty import Exchange, FaultyServer
from pipelines.tests.servers.websocket import ServerSocket


@dataclass
class Job:
    """A graph that was taken; it is done after `looks` more questions about it."""

    id: str
    number: int
    nodes: dict[str, Any]
    looks: int
    client_id: str
    error: list[Any] | None = None
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.looks <= 0


class FakeComfyUI(FaultyServer):
    """One machine. `looks` says how long a job takes, in questions about it."""

    def __init__(self, looks: int = 1, classes: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.jobs: dict[str, Job] = {}
        self.files: dict[str, bytes] = {}
        self.looks = looks
        self.classes = classes or {}
        self.error: list[Any] | None = None
        self.sockets: dict[str, ServerSocket] = {}
        self._lock = threading.RLock()
        self.on("POST", "/prompt", self.take)
        self.on("GET", "/queue", self.tell_queue)
        self.on("GET", "/history/", self.tell_history)
        self.on("GET", "/view", self.view)
        self.on("POST", "/upload/image", self.upload)
        self.on("POST", "/queue", self.delete)
        self.on("POST", "/interrupt", self.interrupt)
        self.on("POST", "/api/jobs/", lambda exchange: exchange.answer(404, b""))
        self.on("GET", "/system_stats", self.tell_system)
        self.on("GET", "/object_info/", self.tell_class)
        self.on("GET", "/ws", self.listen)

    def take(self, exchange: Exchange) -> None:
        asked = exchange.received.json()
        job_id = asked["prompt_id"]
        assert str(uuid.UUID(job_id)) == job_id
        assert "number" not in asked
        with self._lock:
            job = Job(
                job_id, len(self.jobs), asked["prompt"], self.looks, asked["client_id"], self.error
            )
            self.jobs[job_id] = job
            for node, entry in job.nodes.items():
                if entry["class_type"] == "SaveImage":
                    job.outputs[node] = {"images": [self._save(node, entry["inputs"])]}
        exchange.answer_json({"prompt_id": job_id, "number": job.number, "node_errors": {}})

    def _save(self, node: str, inputs: dict[str, Any]) -> dict[str, str]:
        folder, _, name = str(inputs["filename_prefix"]).rpartition("/")
        filename = f"{name}_00001_.png"
        file = io.BytesIO()
        # Another colour for each node, so that pictures can be told apart.
        Image.new("RGB", (64, 64), (30 * len(self.files) % 255, 90, int(node) * 20 % 255)).save(
            file, "PNG"
        )
        self.files[f"{folder}/{filename}"] = file.getvalue()
        return {"filename": filename, "subfolder": folder, "type": "output"}

    def _looked_at(self, job: Job) -> None:
        job.looks -= 1
        socket = self.sockets.get(job.client_id)
        if socket is not None:
            total = max(self.looks, 1)
            done = {"value": total - max(job.looks, 0), "max": total + 1, "prompt_id": job.id}
            try:
                socket.send(json.dumps({"type": "progress", "data": done}))
            except OSError:
                self.sockets.pop(job.client_id, None)

    def tell_queue(self, exchange: Exchange) -> None:
        with self._lock:
            there = [
                [job.number, job.id, job.nodes, {}, []]
                for job in self.jobs.values()
                if not job.is_done
            ]
        # One is worked on; the rest lies in a heap, in no order.
        exchange.answer_json({"queue_running": there[:1], "queue_pending": there[1:][::-1]})

    def tell_history(self, exchange: Exchange) -> None:
        job_id = exchange.received.path.rpartition("/")[2]
        with self._lock:
            job = self.jobs.get(job_id)
            if job is None:
                exchange.answer_json({})
                return
            if not job.is_done:
                self._looked_at(job)
                exchange.answer_json({})
                return
            entry = {
                "outputs": {} if job.error else job.outputs,
                "status": {
                    "status_str": "error" if job.error else "success",
                    "completed": not job.error,
                    "messages": [["execution_start", {}], *([job.error] if job.error else [])],
                },
            }
        exchange.answer_json({job_id: entry})

    def view(self, exchange: Exchange) -> None:
        asked = {name: values[0] for name, values in exchange.received.query.items()}
        data = self.files.get(f"{asked.get('subfolder', '')}/{asked['filename']}")
        if data is None:
            exchange.answer(404, b"")
        else:
            exchange.answer(200, data, {"Content-Type": "image/png"})

    def upload(self, exchange: Exchange) -> None:
        exchange.answer_json({"name": "kept.png", "subfolder": "ai4artsed", "type": "input"})

    def delete(self, exchange: Exchange) -> None:
        with self._lock:
            for job_id in exchange.received.json()["delete"]:
                self.jobs.pop(job_id, None)
        exchange.answer(200, b"")

    def interrupt(self, exchange: Exchange) -> None:
        job = self.jobs.get(exchange.received.json()["prompt_id"])
        if job is not None:
            job.looks = 0
            job.error = ["execution_interrupted", {"node_id": "5", "node_type": "KSampler"}]
        exchange.answer(200, b"")

    def tell_system(self, exchange: Exchange) -> None:
        exchange.answer_json(
            {
                "system": {"comfyui_version": "0.3.75"},
                "devices": [{"name": "cuda:0", "vram_total": 16 * 2**30, "vram_free": 8 * 2**30}],
            }
        )

    def tell_class(self, exchange: Exchange) -> None:
        name = exchange.received.path.rpartition("/")[2]
        found = self.classes.get(name)
        exchange.answer_json({name: found} if found else {})

    def listen(self, exchange: Exchange) -> None:
        client_id = exchange.received.query["clientId"][0]
        socket = ServerSocket(exchange)
        with self._lock:
            self.sockets[client_id] = socket
        try:
            while True:
                socket.receive()
        except OSError:
            self.sockets.pop(client_id, None)
