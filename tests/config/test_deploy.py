"""What deploy/ promises is what the code asks for."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_setting_is_explained():
    code = "".join(
        (ROOT / path).read_text() for path in ("config/settings.py", "config/environment.py", "deploy/gunicorn.conf.py")
    )
    asked_for = set(
        re.findall(r"""(?:\benv|env_flag|env_count|env_list|environ(?:ment)?\.get)\(["']([A-Z_]+)["']""", code)
    )
    rows = [line for line in (ROOT / "deploy/README.md").read_text().splitlines() if line.startswith("| `")]
    explained = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}

    assert explained == asked_for


def test_the_example_names_settings_that_exist():
    example = (ROOT / "deploy/example.env").read_text()
    names = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    readme = (ROOT / "deploy/README.md").read_text()

    assert [name for name in names if f"`{name}`" not in readme] == ["POSTGRES_PASSWORD"]  # for Compose alone


def test_every_service_restarts_and_says_whether_it_is_well():
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    lasting = {name: service for name, service in services.items() if name != "migrate"}

    assert sorted(lasting) == ["beat", "heavy", "postgres", "redis", "urgent", "web", "worker"]
    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []
