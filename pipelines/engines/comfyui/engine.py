"""The engine: a job becomes a graph, the graph is watched, its pictures are fetched by name."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

from pipelines.context import EngineError, ErrorKind, Health, Lack, MediaJob, Output
from pipelines.engines.base import Progress
from pipelines.engines.comfyui.client import (
    Client,
    Failed,
    Finished,
    Pending,
    Running,
    State,
    Unknown,
)
from pipelines.engines.comfyui.graph import Graph, GraphOutput, Workflow
from pipelines.engines.comfyui.watching import Watcher
from pipelines.engines.http import Broken, NotSent
from pipelines.engines.pictures import examined

WAITING = gettext_noop("Waiting for the machine")
LOADING = gettext_noop("Loading the model")
DRAWING = gettext_noop("Drawing")
FETCHING = gettext_noop("Fetching the picture")
SEARCHING = gettext_noop("The connection broke, we look for the picture")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a job is given, in seconds."""

    # Between two questions; by WebSocket the end is heard of earlier.
    poll: float = 0.5
    # The longest silence of a server while a job is there: loading a model can stop its answers.
    silent: float = 180.0
    # So long, and at three looks, a job must be unknown before it counts as lost.
    unknown: float = 4.0
    # In the server's queue others' jobs may stand before ours.
    queue: float = 3600.0
    # From the first look that finds it being worked on.
    work: float = 1200.0


UNKNOWN_LOOKS = 3
# What the files of a job are called: found again even after the server was started anew.
FOLDER = "ai4artsed"


class ComfyUI:
    """One ComfyUI server; `base_url` may be SwarmUI's passthrough, `headers` go with everything."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        workflows: Mapping[str, Workflow],
        limits: Limits | None = None,
    ) -> None:
        self._client = Client(base_url.rstrip("/"), headers or {})
        self._workflows = workflows
        self._limits = limits or Limits()

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """Yield the graph as it was sent, then the pictures in the order of the roles."""
        on_progress(0.0, WAITING)
        graph = self._graph(job)
        client_id = str(uuid.uuid4())
        # Opened first: what is sent before somebody listens is told to nobody.
        watcher = self._watcher(client_id, job)
        try:
            self._submit(job, client_id, graph, on_progress)
            finished = self._wait(job, watcher, on_progress)
            yield from self._outputs(job, graph, finished, on_progress)
        finally:
            watcher.close()

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """Take up what the server has of `job`; None where it never got there, or lost it."""
        state = self._client.state(job.job_id)
        graph = self._graph(job)
        if isinstance(state, Unknown):
            found = self._lying(job, graph)
            return None if found is None else self._recovered(graph, found, job)
        return self._go_on(job, graph, on_progress)

    def cancel(self, job: MediaJob) -> None:
        try:
            self._client.cancel(job.job_id)
        except EngineError:
            # Whoever stopped it does not wait for a server that does not answer.
            return

    def health(self) -> Health:
        try:
            system = self._client.system()
            queue = self._client.queue()
        except EngineError as error:
            return Health(ready=False, detail=error.detail)
        about = system.get("system") or {}
        waiting = len(queue["queue_running"]) + len(queue["queue_pending"])
        return Health(
            ready=True,
            detail=", ".join(_device(device) for device in system.get("devices") or ()),
            version=str(about.get("comfyui_version", "")),
            waiting=waiting,
        )

    def examine(self, job: MediaJob) -> tuple[Lack, ...]:
        try:
            return tuple(self._lacks(job))
        except EngineError as error:
            what = "server" if error.kind in (ErrorKind.UNREACHABLE, ErrorKind.TIMEOUT) else "input"
            return (Lack(what, "ComfyUI", error.detail),)

    def warm_up(self, job: MediaJob) -> None:
        """Make a small picture in one step, and throw it away."""
        small = replace(
            job,
            job_id=str(uuid.uuid4()),
            width=64,
            height=64,
            parameters={**job.parameters, "steps": 1},
        )
        for _output in self.generate(small, lambda *report: None):
            pass

    # The way of a job ------------------------------------------------------------------------

    def _graph(self, job: MediaJob) -> Graph:
        workflow = self._workflows.get(job.workflow)
        if workflow is None:
            detail = f"there is no workflow {job.workflow!r}"
            raise EngineError(ErrorKind.BAD_REQUEST, "", detail=detail)
        uploaded = {name: self._client.upload(picture) for name, picture in job.pictures.items()}
        return workflow.graph_for(job, prefix=f"{FOLDER}/{job.job_id}", uploaded=uploaded)

    def _watcher(self, client_id: str, job: MediaJob) -> Watcher:
        client = self._client
        return Watcher(client.http.base_url, client.headers, client_id=client_id, job_id=job.job_id)

    def _submit(self, job: MediaJob, client_id: str, graph: Graph, on_progress: Progress) -> None:
        try:
            self._client.submit(job.job_id, client_id, graph.nodes)
        except Broken:
            # It may have arrived. Sent twice under one name it would be made twice.
            on_progress(0.0, SEARCHING)
            if isinstance(self._surely(job.job_id, on_progress), Unknown):
                self._client.submit(job.job_id, client_id, graph.nodes)

    def _go_on(self, job: MediaJob, graph: Graph, on_progress: Progress) -> Iterator[Output]:
        watcher = self._watcher(str(uuid.uuid4()), job)
        try:
            finished = self._wait(job, watcher, on_progress)
            yield from self._outputs(job, graph, finished, on_progress)
        finally:
            watcher.close()

    def _wait(self, job: MediaJob, watcher: Watcher, on_progress: Progress) -> Finished | None:
        """Return how the job ended; None where the server forgot it but its files lie there."""
        queue_until = time.monotonic() + self._limits.queue
        work_until: float | None = None
        while True:
            state = self._surely(job.job_id, on_progress)
            if isinstance(state, Finished):
                return state
            if isinstance(state, Failed):
                raise state.error
            if isinstance(state, Unknown):
                # Started anew, the server has forgotten its jobs; the files it had finished stay.
                return None
            now = time.monotonic()
            if isinstance(state, Running) and work_until is None:
                work_until = now + self._limits.work
            if now > (work_until or queue_until):
                self._client.cancel(job.job_id)
                raise EngineError(ErrorKind.TIMEOUT, "", detail="not finished in time")
            on_progress(watcher.share, _note(state, watcher), watcher.preview())
            if watcher.ended.wait(self._limits.poll):
                watcher.ended.clear()

    def _surely(self, job_id: str, on_progress: Progress) -> State:
        """Return the state; `Unknown` only after several looks over several seconds."""
        unknown_since: float | None = None
        silent_since: float | None = None
        looks = 0
        while True:
            now = time.monotonic()
            try:
                state = self._client.state(job_id)
                silent_since = None
            except (NotSent, Broken) as error:
                silent_since = silent_since or now
                if now - silent_since > self._limits.silent:
                    detail = f"silent for {self._limits.silent:.0f} s: {error.detail}"
                    raise EngineError(
                        ErrorKind.UNREACHABLE, "", detail=detail, permanent=False
                    ) from error
                on_progress(0.0, SEARCHING)
                time.sleep(self._limits.poll)
                continue
            if not isinstance(state, Unknown):
                return state
            looks += 1
            unknown_since = unknown_since or now
            if looks >= UNKNOWN_LOOKS and now - unknown_since >= self._limits.unknown:
                return state
            on_progress(0.0, SEARCHING)
            time.sleep(self._limits.poll)

    # What comes of it ------------------------------------------------------------------------

    def _outputs(
        self, job: MediaJob, graph: Graph, finished: Finished | None, on_progress: Progress
    ) -> Iterator[Output]:
        on_progress(0.98, FETCHING)
        if finished is None:
            found = self._lying(job, graph)
            if found is None:
                detail = "the server was started anew and has lost the job"
                raise EngineError(ErrorKind.LOST, "", detail=detail, permanent=False)
            yield from self._recovered(graph, found, job)
            return
        yield _sent(graph)
        for output in graph.outputs:
            images = (finished.outputs.get(output.node) or {}).get("images") or []
            saved = [image for image in images if image.get("type") == "output"]
            if not saved:
                detail = f"node {output.node} saved no picture"
                raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
            for image in saved:
                yield self._fetched(job, output, image)

    def _fetched(self, job: MediaJob, output: GraphOutput, image: Mapping[str, Any]) -> Output:
        data = self._client.view(image)
        if data is None:
            detail = f"node {output.node}: {image.get('filename')} is not at the server"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        return _picture(data, output, str(image.get("filename", "")), job)

    def _lying(self, job: MediaJob, graph: Graph) -> list[tuple[GraphOutput, bytes, str]] | None:
        """Return the pictures of `job` that lie finished at the server, None where one does not."""
        found = []
        for number, output in enumerate(graph.outputs, 1):
            name = f"{job.job_id}-{number}_00001_.png"
            data = self._client.view({"filename": name, "subfolder": FOLDER, "type": "output"})
            if data is None:
                return None
            found.append((output, data, name))
        return found

    @staticmethod
    def _recovered(
        graph: Graph, found: Iterable[tuple[GraphOutput, bytes, str]], job: MediaJob
    ) -> Iterator[Output]:
        yield _sent(graph)
        for output, data, name in found:
            yield _picture(data, output, name, job)

    # What is missing -------------------------------------------------------------------------

    def _lacks(self, job: MediaJob) -> Iterator[Lack]:
        workflow = self._workflows.get(job.workflow)
        if workflow is None:
            yield Lack("input", job.workflow, "there is no such workflow")
            return
        needs = workflow.needs(job)
        known = {}
        for kind, inputs in needs.nodes.items():
            info = self._client.node_info(kind)
            if not info:
                yield Lack("node", kind)
                continue
            known[kind] = _inputs(info)
            for name in sorted(inputs - known[kind].keys()):
                yield Lack("input", f"{kind}.{name}", "this node has no such input")
        for kind, name, file in needs.models:
            options = _options(known.get(kind, {}).get(name))
            if options is not None and file not in options:
                yield Lack("model", file, f"{kind}.{name}")


def _note(state: State, watcher: Watcher) -> str:
    if isinstance(state, Pending):
        return WAITING
    return DRAWING if watcher.share > 0 else LOADING


def _sent(graph: Graph) -> Output:
    data = json.dumps(graph.nodes, ensure_ascii=False, indent=1).encode()
    return Output(data, "application/json", "json", media_type="workflow")


def _picture(data: bytes, output: GraphOutput, filename: str, job: MediaJob) -> Output:
    kind = examined(data)
    return Output(
        data,
        kind.content_type,
        kind.extension,
        role=output.role,
        metadata={
            "node": output.node,
            "filename": filename,
            "workflow": job.workflow,
            "width": kind.width,
            "height": kind.height,
        },
    )


def _device(device: Mapping[str, Any]) -> str:
    free, total = device.get("vram_free"), device.get("vram_total")
    name = str(device.get("name", ""))
    if isinstance(free, int) and isinstance(total, int) and total:
        return f"{name}, {free / 2**30:.1f} of {total / 2**30:.1f} GB free"
    return name


def _inputs(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node's inputs by name: their types, or the choices that they offer."""
    groups = info.get("input") or {}
    found: dict[str, Any] = {}
    for group in ("required", "optional"):
        found |= groups.get(group) or {}
    return found


def _options(definition: Any) -> list[Any] | None:
    """Return the choices of an input: a list in its place, or under `options` in newer servers."""
    if not isinstance(definition, list) or not definition:
        return None
    if isinstance(definition[0], list):
        return definition[0]
    about = definition[1] if len(definition) > 1 else None
    if definition[0] == "COMBO" and isinstance(about, dict):
        options = about.get("options")
        return options if isinstance(options, list) else None
    return None
