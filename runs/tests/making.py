"""Runs, devices and people for the tests of the reading side, all made by the real parts."""

from __future__ import annotations

import io
import random
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client
from PIL import Image

from devices.models import Device, Workshop
from runs import archive, recorder
from runs.metadata import RunContext
from runs.models import Kind, Run, Status


def picture(seed: int = 0, side: int = 64, format: str = "PNG") -> bytes:
    """Return a picture; another seed gives another one."""
    noise = random.Random(seed).randbytes(side * side * 3)
    stream = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(stream, format)
    return stream.getvalue()


def browser_of(device_id: str, **fields: Any) -> tuple[Client, Device]:
    """Return a browser that bears the cookie of a new device, and the device."""
    client = Client()
    assert client.get("/api/devices/me/", {"device_id": device_id}).json()["device_id"] == device_id
    # The cookie comes back, which is noted once.
    client.get("/api/devices/me/")
    Device.objects.filter(pk=device_id).update(**fields)
    return client, Device.objects.get(pk=device_id)


def staff(*permissions: str, password: str | None = None) -> User:
    """Return a new member of the staff; without a password, which takes time, they are quicker."""
    user = User.objects.create_user("forscherin", password=password, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def staff_browser(*permissions: str) -> Client:
    client = Client()
    client.force_login(staff(*permissions))
    return client


def begin(device: Device | None = None, **changes: Any) -> Run:
    """Record the start of a generation."""
    values: dict[str, Any] = {
        "kind": Kind.GENERATION,
        "device": device,
        "workshop": device.workshop if device else None,
        "interception_config": "planetarizer",
        "output_config": "flux2",
        "engine": "comfyui",
        "safety_level": "kids",
        "seed": 7,
        "context_prompt": "Denk an den Planeten.",
        "texts": (
            ("input", "Ein Haus am Meer"),
            ("interception", "Ein Nest am Meer"),
            ("optimized_prompt", "a nest by the sea"),
        ),
        "expected_outputs": ("input", "interception", "optimized_prompt", "output_image"),
    }
    return recorder.start(RunContext(**(values | changes)))


def made(device: Device | None = None, *, pictures: int = 1, **changes: Any) -> Run:
    """Record a complete generation."""
    run = begin(device, **changes)
    for number in range(pictures):
        recorder.add(
            run,
            type="output_image",
            data=picture(number),
            extension="png",
            metadata={"seed": run.seed, "role": f"role {number}"},
        )
    recorder.finish(run)
    return run


def blocked(device: Device | None, **changes: Any) -> Run:
    """Record a run that has a picture and was blocked then."""
    run = begin(device, **changes)
    recorder.add(run, type="output_image", data=picture(), extension="png")
    recorder.block(run, stage=4, reason="violence", message="Das zeigen wir nicht.")
    assert run.status == Status.BLOCKED
    return run


def workshop(name: str, **fields: Any) -> Workshop:
    return Workshop.objects.create(name=name, **fields)


def damage(run: Run, filename: str, content: bytes | None = None) -> None:
    """Overwrite a file behind the recorder's back, or take it away."""
    path = archive.entity_path(run, filename)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
