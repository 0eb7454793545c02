"""An SVG as PNG, sharp on dense screens, with what it shows written into it for whoever cannot see it.

It is drawn by a process of its own: resvg keeps Python's lock while it draws, three seconds for 300 boxes, and Slack
gives a press no longer than that to be acknowledged.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from functools import lru_cache

from data.errors import Unavailable

ZOOM = 2.0
"""Pixels of the file for one of the layout: at 1,200 pixels' width letters are as large as they are laid out."""
HEADER = 33
"""Bytes of the signature and the first chunk, behind which others may stand: w3.org/TR/png-3, 5.6."""
DRAWER = (sys.executable, "-I", "-m", "bot.pictures.drawer", str(ZOOM))
SECONDS_MAX = 60  # ours: the largest there is takes four, on a machine that is busy twice as long


def rendered(svg: str, description: str) -> bytes:
    pixels = _pixels(svg)
    return pixels[:HEADER] + _text("Description", description) + pixels[HEADER:]


@lru_cache(maxsize=4)  # one that Slack did not take at once is not drawn again
def _pixels(svg: str) -> bytes:
    try:
        given = svg.encode("utf-8", "replace")
        drawn = subprocess.run(DRAWER, input=given, capture_output=True, timeout=SECONDS_MAX, check=True)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"the picture was not drawn within {SECONDS_MAX} seconds") from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise Unavailable(f"the picture could not be drawn: {_reason(error)}") from error
    return drawn.stdout


def _reason(error: subprocess.CalledProcessError | OSError) -> str:
    if isinstance(error, OSError):
        return str(error)
    said = error.stderr.decode("utf-8", "replace").split("\n")
    return next((line for line in reversed(said) if line), f"its process ended with {error.returncode}")


def _text(keyword: str, text: str) -> bytes:
    """An iTXt chunk: UTF-8, not compressed."""
    data = keyword.encode() + b"\0\0\0\0\0" + text.replace("\0", "").encode("utf-8", "replace")
    return struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", zlib.crc32(b"iTXt" + data))
