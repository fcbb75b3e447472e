"""The page in whose frame sketches run: an origin of its own, and no way in or out.

It holds no program: the page around fetches a run's code under the permission of media and sends
it in (`static/js/sketch/frame.js`). So there is nothing to protect here, an edited program takes
the same way as the first one, and the page alone, opened by its address, does nothing.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from web.csp import policy_text

# No camera, microphone, place …: what a policy can switch off is off.
_SWITCHED_OFF = (
    "autoplay", "camera", "clipboard-read", "clipboard-write", "display-capture", "fullscreen",
    "geolocation", "microphone", "midi", "payment", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip


def policy(nonce: str, origin: str) -> str:
    """Return what a sketch may: run, draw, use pictures that it makes itself.

    Two policies, and both must be kept: `import()` bears the nonce of the script that calls it,
    so the nonce alone would let scripts of any machine in. The sketch itself comes as a data:
    address, which reaches no machine. `origin` is ours, by name: a frame
    without an origin has no 'self' in WebKit.
    """
    ours = [f"'nonce-{nonce}'"]
    from_here = policy_text({"script-src": [origin, "data:", "'unsafe-inline'"]})
    by_us = policy_text(
        {
            "default-src": ["'none'"],
            "script-src": ours,
            "style-src": ours,
            "img-src": ["data:", "blob:"],
            "connect-src": ["'none'"],
            "frame-src": ["'none'"],
            "worker-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'none'"],
            "frame-ancestors": [origin],
            # Also where it is opened outside of our frame.
            "sandbox": ["allow-scripts"],
        }
    )
    return f"{by_us}, {from_here}"


@require_safe
@never_cache
@xframe_options_sameorigin
def sketch_frame(request: HttpRequest) -> HttpResponse:
    """Answer with the empty frame."""
    origin = f"{request.scheme}://{request.get_host()}"
    nonce = secrets.token_urlsafe(16)
    response = render(request, "sketch.html", {"nonce": nonce})
    response.headers["Content-Security-Policy"] = policy(nonce, origin)
    response.headers["Permissions-Policy"] = ", ".join(f"{name}=()" for name in _SWITCHED_OFF)
    response.headers["X-DNS-Prefetch-Control"] = "off"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
