import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django_application = get_asgi_application()

# Needs the settings, which are there only now.
from ai4artsed.body_limit import BodyLimit  # noqa: E402
from ai4artsed.static import serve_static  # noqa: E402

application = serve_static(BodyLimit(django_application))
