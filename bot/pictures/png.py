"""An SVG as PNG, sharp on dense screens, with what it shows written into it for whoever cannot see it."""

from __future__ import annotations

import struct
import zlib

import resvg_py

ZOOM = 2.0
"""Pixels of the file for one of the layout: at 1,200 pixels' width letters are as large as they are laid out."""
HEADER = 33
"""Bytes of the signature and the first chunk, behind which others may stand: w3.org/TR/png-3, 5.6."""


def rendered(svg: str, description: str) -> bytes:
    pixels = bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM, skip_system_fonts=True))
    return pixels[:HEADER] + _text("Description", description) + pixels[HEADER:]


def _text(keyword: str, text: str) -> bytes:
    """An iTXt chunk: UTF-8, not compressed."""
    data = keyword.encode() + b"\0\0\0\0\0" + text.replace("\0", "").encode("utf-8", "replace")
    return struct.pack(">I", len(data)) + b"iTXt" + data + struct.pack(">I", zlib.crc32(b"iTXt" + data))
