"""Pictures: drawn as SVG from outlines of letters, so that they look the same wherever they are seen."""
