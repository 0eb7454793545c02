"""The emulator's page that does not open is one sentence, however it fails."""

from __future__ import annotations

import socket
import threading

import pytest

from bot.demo.page import Page
from data.errors import Unavailable


def test_an_emulator_that_hangs_up_is_told_as_one_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        url = f"http://127.0.0.1:{rude.getsockname()[1]}"

        def hang_up() -> None:
            visitor, _ = rude.accept()
            with visitor:
                visitor.recv(65_536)

        hanging_up = threading.Thread(target=hang_up, daemon=True)
        hanging_up.start()
        with pytest.raises(
            Unavailable, match=f"The emulator's page at {url} does not open: .* Is it running"
        ):
            Page(url)
        hanging_up.join(5)
