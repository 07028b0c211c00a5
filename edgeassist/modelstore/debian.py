"""A package of another Debian release than this machine's, from the machine's own mirror.

Nothing of the system changes: apt works in a folder of its own, and checks what it fetches by
Debian's keys as ever.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_FORMAT = "$(CREATED_BY)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(SITE)"


def mirror() -> str:
    """Where this machine's own Debian packages come from; "" where it is no Debian machine."""
    if not _KEYS.exists():
        return ""
    try:
        asked = subprocess.run(
            ["apt-get", "indextargets", "--format", _FORMAT],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    for line in asked.stdout.splitlines():
        made, release, component, origin, site = line.split("|", 4)
        of_debian = (made, component) == ("Packages", "main") and origin in ("Debian", "$(ORIGIN)")
        if of_debian and "-" not in release:  # bookworm, not bookworm-security or -updates
            return site
    return ""


def options(folder: Path, site: str, release: str) -> list[str]:
    """What tells apt to work in `folder`, with `release` alone."""
    for inner in ("lists/partial", "cache/archives/partial"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [signed-by={_KEYS}] {site} {release} main\n", "utf-8")
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "APT::Update::Error-Mode": "any",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
