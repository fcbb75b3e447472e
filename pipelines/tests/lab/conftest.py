"""The engine lab for tests: real servers in processes of their own, on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

LAB = Path(settings.BASE_DIR) / "deploy" / "engine-lab"
START_SECONDS = 120


class LabServer:
    """A server of the lab. It may be killed and started again on its port, with its files."""

    def __init__(self, program: str, ready_path: str, *extra: str, **environment: str) -> None:
        self._command = [str(LAB / program), "start", str(_free_port()), *extra]
        self.url = f"http://127.0.0.1:{self._command[2]}"
        self._ready_url = self.url + ready_path
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                assert self._process.stderr is not None
                raise RuntimeError(self._process.stderr.read().decode()[-2000:])
            try:
                if requests.get(self._ready_url, timeout=1).status_code in {200, 401}:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self._command} did not answer in {START_SECONDS} s")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process is not None:
            if self._process.stderr is not None:
                self._process.stderr.close()
            self._process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _need(venv: str, program: str) -> None:
    lab = Path(os.environ.get("LAB") or Path.home() / ".cache" / "ai4artsed-lab")
    if (lab / venv / ".ready").exists():
        return
    if os.environ.get("AI4ARTSED_SKIP_LAB") == "1":
        pytest.skip("the engine lab is not installed, and AI4ARTSED_SKIP_LAB says to go on")
    pytest.fail(f"The engine lab is not installed: deploy/engine-lab/{program} install")


@pytest.fixture(scope="session")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A real ComfyUI with the tiny checkpoint, the probe nodes and our own nodes."""
    _need("comfy-venv", "comfyui")
    server = LabServer("comfyui", "/system_stats", str(tmp_path_factory.mktemp("comfyui")))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def comfyui_url(comfyui: LabServer) -> str:
    return comfyui.url


@pytest.fixture(scope="session")
def llama() -> Iterator[LabServer]:
    """A real llama.cpp server; its model is called tiny-random."""
    _need("llama-venv", "llama")
    server = LabServer("llama", "/v1/models")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def llama_url(llama: LabServer) -> str:
    return llama.url
