"""The modules that a page's head names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from ai4artsed.studio.module_graph import needed_modules

STATIC = Path(settings.BASE_DIR, "static")
SOURCES = {
    "js/page/main.js": 'import { a,\n  b } from "./near.js";\nimport "../base/far.js";\nrun();\n',
    "js/page/near.js": 'import * as far from "../base/far.js";\nexport { c } from "./last.js";\n',
    "js/page/last.js": '// import "./never.js"\nconst text = `import "./neither.js"`;\n',
    "js/base/far.js": 'import "../page/main.js";\n',
    "js/page/other.js": 'const rare = () => import("./last.js");\n',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, source in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path


def test_a_page_needs_what_its_modules_import_each_once_the_nearest_first(root: Path) -> None:
    assert needed_modules(root, "js/page/main.js") == (
        "js/page/main.js",
        "js/page/near.js",
        "js/base/far.js",
        "js/page/last.js",
    )


def test_what_is_fetched_later_is_not_needed_at_first(root: Path) -> None:
    assert needed_modules(root, "js/page/other.js") == ("js/page/other.js",)
    assert needed_modules(root, "js/page/other.js", later=True) == (
        "js/page/other.js",
        "js/page/last.js",
    )


def test_a_module_that_is_not_there_is_named(root: Path) -> None:
    (root / "js" / "page" / "other.js").write_text('import "./gone.js";')
    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        needed_modules(root, "js/page/other.js")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "entry"), [("/", "js/studio/main.js"), ("/works/", "js/works/main.js")]
)
def test_a_page_names_what_it_imports_and_nothing_else(
    client: Client, address: str, entry: str
) -> None:
    page = client.get(address).text
    named = re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)
    assert named == list(needed_modules(STATIC, entry))
    assert f'<script type="module" src="/static/{entry}">' in page
    assert not [name for name in named if "/projector/" in name]
