"""The HTTP face of the fake on a loopback port: /api/METHOD, /response/ID, uploads and private files."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.slack.files import DOWNLOAD, Files
from tests.fakes.slack.response_urls import ResponseUrls
from tests.fakes.slack.surfaces import ApiError
from tests.fakes.slack.uploads import UPLOAD, Uploads
from tests.fakes.slack.web_api import Call, Reply, WebApi, bearer, parse_args


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # 5 is too few for a bot with a pool: the sixth would wait a second
    block_on_close = False
    web_api: WebApi
    response_urls: ResponseUrls
    files: Files
    uploads: Uploads

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle of a call is part of what is tested; a bug is not."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent; `calls` has it all."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever called was killed while sending: this is no call
            return
        kind, _, name = address.path.strip("/").partition("/")
        if kind == DOWNLOAD:
            self._send_file(address.path)
            return
        if kind == "response":
            reply = self._use_response_url(name, body)
        elif kind == UPLOAD:
            reply = self._take_file(name, body)
        elif kind == "api" and name:
            try:
                args, token = parse_args(body, query, self.headers.get("Content-Type", ""))
                reply = self.server.web_api.answer(
                    name, args, token or bearer(self.headers.get("Authorization"))
                )
            except ValueError:
                reply = Reply(status=200, body={"ok": False, "error": "invalid_json"})
        else:
            reply = Reply(status=404, body={"ok": False, "error": "not_found"})
        if reply.status:
            self._send(reply)
        self.server.uploads.tell()

    def _take_file(self, file_id: str, body: bytes) -> Reply:
        api = self.server.web_api
        with api.ws.lock:
            call = Call(method=UPLOAD, args={"file": file_id})
            api.calls.append(call)
            planned = api.faults.take(UPLOAD)
            if planned and planned.kind == "server_error":
                reply = Reply(status=500, body={"ok": False})
            else:
                reply = Reply(status=self.server.uploads.carry(file_id, body), body={"ok": True})
                call.happened = reply.status == 200
                if planned:
                    reply.status = {"accepted_then_500": 500}.get(planned.kind, 0)
            call.answer, call.status = reply.body, reply.status
            return reply

    def _use_response_url(self, url_id: str, body: bytes) -> Reply:
        api = self.server.web_api
        with api.ws.lock:
            call = Call(method="response_url", args={})
            api.calls.append(call)
            planned = api.faults.take("response_url")
            reply = Reply(status=200, body={"ok": True})
            try:
                call.args = json.loads(body or b"{}")
                if planned and planned.kind in {"server_error", "rate_limited"}:
                    status = 500 if planned.kind == "server_error" else 429
                    reply = Reply(status=status, body={"ok": False, "error": planned.kind})
                    reply.headers = {"Retry-After": str(planned.retry_after)} if status == 429 else {}
                else:
                    self.server.response_urls.use(url_id, call.args)
                    call.happened = True
                    lost = {"accepted_then_500": 500, "accepted_then_reset": 0, "late": 0}
                    reply.status = lost.get(planned.kind, 200) if planned else 200
            except ValueError:
                reply = Reply(status=400, body={"ok": False, "error": "invalid_payload"})
            except ApiError as error:
                status = 404 if error.code in {"used_url", "expired_url"} else 400
                reply = Reply(
                    status=status, body={"ok": False, "error": error.code, "messages": error.messages}
                )
            call.answer, call.status = reply.body, reply.status
            api.ws.changed.notify_all()
            return reply

    def _send_file(self, path: str) -> None:
        found = self.server.files.download(path, self.headers.get("Authorization"))
        if not found.status:
            return
        self.send_response(found.status)
        self.send_header("Content-Type", found.mimetype)
        self.send_header("Content-Length", str(len(found.content)))
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(found.content)

    def _send(self, reply: Reply) -> None:
        content = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def serve(
    web_api: WebApi, response_urls: ResponseUrls, files: Files, uploads: Uploads
) -> ThreadingHTTPServer:
    """Start answering on an ephemeral loopback port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web_api, server.response_urls = web_api, response_urls
    server.files, server.uploads = files, uploads
    threading.Thread(target=server.serve_forever, args=(0.05,), name="slack-fake", daemon=True).start()
    return server
