"""Downloads one file over HTTP and goes on where an earlier attempt stopped."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from edgeassist.errors import ModelError
from edgeassist.locale import t
from edgeassist.progress import Progress

_BLOCK = 1 << 18
_TIMEOUT_S = 30.0
_ATTEMPTS = 50  # each must bring something; stops a server that sends a few bytes at a time


def download(url: str, destination: Path, *, size: int) -> None:
    """Bring `url`, `size` bytes long, to `destination`.

    What has arrived is kept in ``destination.part`` when the connection breaks, and a later
    call asks only for the rest. Raises `ModelError` if the server cannot be reached, has no
    such file, or offers one of another size; `OSError` if the disk refuses it.
    """
    part = destination.with_name(destination.name + ".part")
    if _bytes_in(part) > size:
        part.unlink()
    with Progress(url.rpartition("/")[2] or url, size, "B") as progress:
        progress.advance(_bytes_in(part))
        for _ in range(_ATTEMPTS):
            have = _bytes_in(part)
            if have == size:
                break
            why = _fetch(url, part, have, size, progress)
            if _bytes_in(part) <= have:
                raise _broken_off(url, why, have, size)
        else:
            raise _broken_off(url, t("the connection breaks again and again"), have, size)
    part.replace(destination)


def _fetch(url: str, part: Path, have: int, size: int, progress: Progress) -> str:
    """One attempt at all that is missing; says why it ended."""
    request = urllib.request.Request(url, headers={"User-Agent": "edgeassist"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # what we have does not fit what they have
            part.unlink(missing_ok=True)
        raise _refused(url, error.code) from error
    except (OSError, http.client.HTTPException) as error:
        return str(getattr(error, "reason", "") or error)
    with response:
        # A server that cannot resume answers 200 and sends everything.
        start = have if response.status == 206 else 0
        progress.advance(start - have)
        length = response.headers.get("Content-Length", "")
        if length.isdigit() and start + int(length) != size:
            part.unlink(missing_ok=True)
            raise _other_size(url, start + int(length), size)
        with part.open("ab" if start else "wb") as file:
            while start <= size:
                try:
                    block = response.read1(_BLOCK)
                except (OSError, http.client.HTTPException) as error:
                    return str(error) or type(error).__name__
                if not block:
                    return t("the connection was cut")
                file.write(block)
                start += len(block)
                progress.advance(len(block))
    part.unlink()
    raise _other_size(url, start, size)


def _bytes_in(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _refused(url: str, code: int) -> ModelError:
    if code in (404, 410):
        return ModelError(
            url,
            t("there is no such file any more (HTTP {code})", code=code),
            fix=t("A newer EdgeAssist may know where it went"),
        )
    return ModelError(
        url, t("the server refuses (HTTP {code})", code=code), fix=t("Try again later")
    )


def _other_size(url: str, found: int, size: int) -> ModelError:
    return ModelError(
        url,
        t("the file there has {found} bytes, expected {size}", found=found, size=size),
        fix=t("It is another version: a newer EdgeAssist may know it"),
    )


def _broken_off(url: str, why: str, have: int, size: int) -> ModelError:
    return ModelError(
        urlsplit(url).netloc or url,
        t("cannot download from there: {why}", why=why),
        fix=t(
            "Check the network connection and run the same command again; "
            "{have} of {size} bytes are kept",
            have=have,
            size=size,
        ),
    )
