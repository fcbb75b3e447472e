"""The engine: a job becomes a graph, the graph is watched, its pictures are fetched by name."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_noop

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
from pipelines.engines.http import Broken
from pipelines.engines.jobs import (
    EngineError,
    ErrorKind,
    Health,
    MediaJob,
    MissingRequirement,
    Output,
)
from pipelines.engines.json_values import object_of, objects_of
from pipelines.engines.pictures import inspect_picture

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
    no_answer: float = 180.0
    # So long, and at three looks, a job must be unknown before it counts as lost.
    unknown: float = 4.0
    # In the server's queue others' jobs may stand before ours.
    queue: float = 3600.0
    # From the first look that finds it being worked on.
    work: float = 1200.0


UNKNOWN_LOOKS = 3
# Answers that more patience does not change.
FINAL = (ErrorKind.AUTH, ErrorKind.BAD_REQUEST)
# Inputs of the nodes that load what draws.
MAIN_MODELS = ("ckpt_name", "unet_name", "model_name")
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
        report = _Reports(on_progress)
        report(0.0, WAITING)
        graph = self._graph(job, report)
        client_id = str(uuid.uuid4())
        # Opened first: what is sent before somebody listens is told to nobody.
        watcher = self._watcher(client_id, job)
        try:
            self._submit(job, client_id, graph, report)
            finished = self._wait(job, watcher, report)
            yield from self._outputs(job, graph, finished, report)
        finally:
            watcher.close()

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """Take up what the server has of `job`; None where it never got there, or lost it."""
        report = _Reports(on_progress)
        state = self._confirmed_state(job.job_id, report)
        graph = self._graph(job, report)
        if isinstance(state, Unknown):
            found = self._stored_files(job, graph, report)
            return None if found is None else self._recovered(graph, found, job)
        return self._resume(job, graph, report)

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
        about = object_of(system.get("system"))
        waiting = len(queue["queue_running"]) + len(queue["queue_pending"])
        return Health(
            ready=True,
            detail=", ".join(map(_device, objects_of(system.get("devices")))),
            version=str(about.get("comfyui_version") or ""),
            waiting=waiting,
        )

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        try:
            return tuple(self._missing_requirements(job))
        except EngineError as error:
            what = "server" if error.kind in (ErrorKind.UNREACHABLE, ErrorKind.TIMEOUT) else "input"
            return (MissingRequirement(what, "ComfyUI", error.detail),)

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

    def _graph(self, job: MediaJob, report: _Reports) -> Graph:
        workflow = self._workflows.get(job.workflow)
        if workflow is None:
            detail = f"there is no workflow {job.workflow!r}"
            raise EngineError(ErrorKind.BAD_REQUEST, "", detail=detail)
        # Named after the job, so that whoever takes it up has the very same graph.
        uploaded = {
            name: self._client.upload(
                str(uuid.uuid5(uuid.UUID(job.job_id), name)), picture, report.again
            )
            for name, picture in job.pictures.items()
        }
        return workflow.graph_for(job, prefix=f"{FOLDER}/{job.job_id}", uploaded=uploaded)

    def _watcher(self, client_id: str, job: MediaJob) -> Watcher:
        client = self._client
        return Watcher(client.http.base_url, client.headers, client_id=client_id, job_id=job.job_id)

    def _submit(self, job: MediaJob, client_id: str, graph: Graph, report: _Reports) -> None:
        try:
            self._client.submit(job.job_id, client_id, graph.nodes, report.again)
        except Broken:
            # It may have arrived. Sent twice under one name it would be made twice.
            report.search()
            if isinstance(self._confirmed_state(job.job_id, report), Unknown):
                self._client.submit(job.job_id, client_id, graph.nodes, report.again)

    def _resume(self, job: MediaJob, graph: Graph, report: _Reports) -> Iterator[Output]:
        watcher = self._watcher(str(uuid.uuid4()), job)
        try:
            finished = self._wait(job, watcher, report)
            yield from self._outputs(job, graph, finished, report)
        finally:
            watcher.close()

    def _wait(self, job: MediaJob, watcher: Watcher, report: _Reports) -> Finished | None:
        """Return how the job ended; None where the server forgot it but its files lie there."""
        queue_until = time.monotonic() + self._limits.queue
        work_until: float | None = None
        while True:
            state = self._confirmed_state(job.job_id, report)
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
            report(watcher.share, _note(state, watcher), watcher.preview())
            if watcher.ended.wait(self._limits.poll):
                watcher.ended.clear()

    def _confirmed_state(self, job_id: str, report: _Reports) -> State:
        """Return the state; `Unknown` only after several looks over several seconds."""
        unknown_since: float | None = None
        no_answer_since: float | None = None
        looks = 0
        while True:
            now = time.monotonic()
            try:
                state = self._client.state(job_id, report.again)
                no_answer_since = None
            except EngineError as error:
                # A page of a proxy instead of an answer does not end the job either.
                if error.kind in FINAL:
                    raise
                no_answer_since = no_answer_since or now
                if now - no_answer_since > self._limits.no_answer:
                    detail = f"no answer for {self._limits.no_answer:.0f} s: {error.detail}"
                    raise EngineError(
                        ErrorKind.UNREACHABLE, "", detail=detail, permanent=False
                    ) from error
                report.search()
                time.sleep(self._limits.poll)
                continue
            if not isinstance(state, Unknown):
                return state
            looks += 1
            unknown_since = unknown_since or now
            if looks >= UNKNOWN_LOOKS and now - unknown_since >= self._limits.unknown:
                return state
            report.search()
            time.sleep(self._limits.poll)

    # What comes of it ------------------------------------------------------------------------

    def _outputs(
        self, job: MediaJob, graph: Graph, finished: Finished | None, report: _Reports
    ) -> Iterator[Output]:
        report(0.98, FETCHING)
        if finished is None:
            found = self._stored_files(job, graph, report)
            if found is None:
                detail = "the server was started anew and has lost the job"
                raise EngineError(ErrorKind.LOST, "", detail=detail, permanent=False)
            yield from self._recovered(graph, found, job)
            return
        yield _workflow_output(graph)
        for output in graph.outputs:
            images = objects_of(object_of(finished.outputs.get(output.node)).get("images"))
            saved = [image for image in images if image.get("type") == "output"]
            if not saved:
                detail = f"node {output.node} saved no picture"
                raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
            for image in saved:
                yield self._fetched(job, output, image, report)

    def _fetched(
        self, job: MediaJob, output: GraphOutput, image: Mapping[str, Any], report: _Reports
    ) -> Output:
        data = self._client.view(image, report.again)
        if data is None:
            detail = f"node {output.node}: {image.get('filename')} is not at the server"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        return self._picture(data, output, str(image.get("filename") or ""), job)

    def _stored_files(
        self, job: MediaJob, graph: Graph, report: _Reports
    ) -> list[tuple[GraphOutput, bytes, str]] | None:
        """Return the pictures of `job` that lie finished at the server, None where one does not."""
        found = []
        for number, output in enumerate(graph.outputs, 1):
            name = f"{job.job_id}-{number}_00001_.png"
            file = {"filename": name, "subfolder": FOLDER, "type": "output"}
            data = self._client.view(file, report.again)
            if data is None:
                return None
            found.append((output, data, name))
        return found

    def _recovered(
        self, graph: Graph, found: Iterable[tuple[GraphOutput, bytes, str]], job: MediaJob
    ) -> Iterator[Output]:
        yield _workflow_output(graph)
        for output, data, name in found:
            yield self._picture(data, output, name, job)

    def _picture(self, data: bytes, output: GraphOutput, filename: str, job: MediaJob) -> Output:
        kind = inspect_picture(data)
        files = self._workflows[job.workflow].requirements(job).models
        metadata = {
            "model": job.model or _main_model(files),
            "models": list(dict.fromkeys(file for _class, _input, file in files)),
            "node": output.node,
            "filename": filename,
            "workflow": job.workflow,
            "comfyui_version": self._version(),
            "width": kind.width,
            "height": kind.height,
        }
        return Output(data, kind.content_type, kind.extension, role=output.role, metadata=metadata)

    def _version(self) -> str:
        """Return the server's version; a picture is not lost because that is not told."""
        try:
            about = object_of(self._client.system().get("system"))
        except EngineError:
            return ""
        return str(about.get("comfyui_version") or "")

    # What is missing -------------------------------------------------------------------------

    def _missing_requirements(self, job: MediaJob) -> Iterator[MissingRequirement]:
        workflow = self._workflows.get(job.workflow)
        if workflow is None:
            yield MissingRequirement("input", job.workflow, "there is no such workflow")
            return
        requirements = workflow.requirements(job)
        known = {}
        for kind, inputs in requirements.nodes.items():
            info = self._client.node_info(kind)
            if not info:
                yield MissingRequirement("node", kind)
                continue
            known[kind] = _inputs(info)
            for name in sorted(inputs - known[kind].keys()):
                yield MissingRequirement("input", f"{kind}.{name}", "this node has no such input")
        for kind, name, file in requirements.models:
            options = _options(known.get(kind, {}).get(name))
            if options is not None and file not in options:
                yield MissingRequirement("model", file, f"{kind}.{name}")


class _Reports:
    """What was reported last; a share never goes back, and the last word may be said again."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        self._share = 0.0
        self._note = WAITING

    def __call__(self, share: float, note: str, preview: bytes | None = None) -> None:
        self._share, self._note = max(self._share, share), note
        self._on_progress(self._share, note, preview)

    def again(self) -> None:
        self._on_progress(self._share, self._note)

    def search(self) -> None:
        self(self._share, SEARCHING)


def _note(state: State, watcher: Watcher) -> str:
    if isinstance(state, Pending):
        return WAITING
    return DRAWING if watcher.share > 0 else LOADING


def _main_model(files: Iterable[tuple[str, str, str]]) -> str:
    """Return the file among those of a graph that draws; the others read words or mix colours."""
    return next((file for _class, name, file in files if name in MAIN_MODELS), "")


def _workflow_output(graph: Graph) -> Output:
    data = json.dumps(graph.nodes, ensure_ascii=False, indent=1).encode()
    return Output(data, "application/json", "json", media_type="workflow")


def _device(device: Mapping[str, Any]) -> str:
    free, total = device.get("vram_free"), device.get("vram_total")
    name = str(device.get("name") or "")
    if isinstance(free, int) and isinstance(total, int) and total:
        return f"{name}, {free / 2**30:.1f} of {total / 2**30:.1f} GB free"
    return name


def _inputs(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node's inputs by name: their types, or the choices that they offer."""
    groups = object_of(info.get("input"))
    return {**object_of(groups.get("required")), **object_of(groups.get("optional"))}


def _options(definition: Any) -> list[Any] | None:
    """Return the choices of an input: a list in its place, or under `options` in newer servers."""
    if not isinstance(definition, list) or not definition:
        return None
    if isinstance(definition[0], list):
        return definition[0]
    if definition[0] != "COMBO" or len(definition) < 2:
        return None
    options = object_of(definition[1]).get("options")
    return options if isinstance(options, list) else None
