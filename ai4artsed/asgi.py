import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup(set_prefix=False)

# Needs the settings, which are there only now.
from ai4artsed.body_limit import BodyLimit  # noqa: E402
from ai4artsed.errors import Handler  # noqa: E402
from ai4artsed.static import serve_static  # noqa: E402
from pipelines.live.event_streams import EventStreams  # noqa: E402

application = serve_static(EventStreams(BodyLimit(Handler())))
