"""The process that draws: an SVG comes in, a PNG goes out, `argv[1]` times as large."""

from __future__ import annotations

import sys

import resvg_py

if __name__ == "__main__":
    svg = sys.stdin.buffer.read().decode()
    pixels = resvg_py.svg_to_bytes(svg_string=svg, zoom=float(sys.argv[1]), skip_system_fonts=True)
    sys.stdout.buffer.write(bytes(pixels))
