"""The piece of Envoy's configuration for one endpoint: whole enough to run, and to be merged into an operator's own."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import yaml

from workflows.adapters.caller_names import HEADER
from workflows.adapters.engines.engine import Engine
from workflows.adapters.envoy.calls import LOG_FILE
from workflows.adapters.envoy.disk import CURRENT, KEYS, ROUTES_FILE
from workflows.adapters.envoy.routes import LUA, clusters
from workflows.adapters.traffic_proxy.said import RETRY_SECONDS_MAX

HEAD = """\
# To merge into your Envoy's configuration: the layer before the admin layer, the listener (or its rds, its Lua filter
# and its access log into yours) and the clusters. It is a whole configuration, too: envoy -c FILE runs it.
"""
TYPES = "type.googleapis.com/envoy.extensions"
WINDOW = f"""\
function envoy_on_request(handle)
  local window = handle:filterContext()
  local ends = window:get("ends")
  if ends == nil then return end
  local now = handle:timestamp() / 1000
  if now < window:get("begins") or now >= ends then return end
  local caller = handle:headers():get("{HEADER.lower()}")
  for _, name in ipairs(window:get("exempt") or {{}}) do
    if name == caller then return end
  end
  if math.random() * 100 < window:get("percent") then
    local left = string.format("%d", math.max(1, math.min(math.ceil(ends - now), {RETRY_SECONDS_MAX})))
    handle:respond({{[":status"] = "503", ["retry-after"] = left, ["content-type"] = "application/json"}},
      window:get("body"))
  end
end
"""
"""Of a brownout, by Envoy's own clock. What is wrong with a window serves: a bad schedule fails open."""


def piece(engine: Engine, listen: str) -> str:
    """As YAML. `listen`: HOST:PORT."""
    host, _, port = listen.rpartition(":")
    folder = Path(engine.folder)
    layers = [
        {
            "name": f"emeritus-{engine.slug}",
            "disk_layer": {"symlink_root": str(folder / CURRENT), "subdirectory": KEYS},
        },
        {"name": "admin", "admin_layer": {}},
    ]
    watched = {"path": str(folder / CURRENT / ROUTES_FILE), "watched_directory": {"path": str(folder)}}
    log = {
        "at": "%START_TIME(%s.%6f)%",
        "caller": f"%REQ({HEADER})%",
        "route": "%ROUTE_NAME%",
        "status": "%RESPONSE_CODE%",
        "flags": "%RESPONSE_FLAGS%",
        "details": "%RESPONSE_CODE_DETAILS%",
        "ms": "%DURATION%",
    }
    manager = {
        "@type": f"{TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": engine.slug,
        "server_header_transformation": "PASS_THROUGH",
        "rds": {"route_config_name": engine.slug, "config_source": {"path_config_source": watched}},
        "http_filters": [
            {
                "name": LUA,
                "typed_config": {
                    "@type": f"{TYPES}.filters.http.lua.v3.Lua",
                    "default_source_code": {"inline_string": WINDOW},
                },
            },
            {
                "name": "envoy.filters.http.router",
                "typed_config": {
                    "@type": f"{TYPES}.filters.http.router.v3.Router",
                    "suppress_envoy_headers": True,
                },
            },
        ],
        "access_log": [
            {
                "name": "envoy.access_loggers.file",
                "typed_config": {
                    "@type": f"{TYPES}.access_loggers.file.v3.FileAccessLog",
                    "path": str(folder / LOG_FILE),
                    "log_format": {"json_format": log},
                },
            }
        ],
    }
    listener = {
        "name": engine.slug,
        "address": _address(host.strip("[]"), int(port)),
        "filter_chains": [
            {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
        ],
    }
    old, new, copies = clusters(engine)
    led = {old: engine.old} | ({new: engine.new, copies: engine.new} if engine.new else {})
    admin = urlsplit(engine.admin)
    assert admin.hostname
    config = {
        "node": {"id": "emeritus", "cluster": "emeritus"},
        "admin": {"address": _address(admin.hostname, admin.port or 80)},
        "layered_runtime": {"layers": layers},
        "static_resources": {
            "listeners": [listener],
            "clusters": [_cluster(name, address) for name, address in led.items()],
        },
    }
    return HEAD + yaml.dump(config, Dumper=_Readable, sort_keys=False, width=120)


class _Readable(yaml.SafeDumper):
    """Code line by line."""


def _lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _lines)


def _cluster(name: str, address: str) -> dict[str, object]:
    """A model at https:// is reached with TLS, and its certificate is not looked at: merge your own context."""
    url = urlsplit(address)
    assert url.hostname
    end = {
        "endpoint": {"address": _address(url.hostname, url.port or (443 if url.scheme == "https" else 80))}
    }
    found: dict[str, object] = {
        "name": name,
        "type": "STRICT_DNS",
        "connect_timeout": "5s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [end]}]},
    }
    if url.scheme == "https":
        context = {"@type": f"{TYPES}.transport_sockets.tls.v3.UpstreamTlsContext", "sni": url.hostname}
        found["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": context}
    return found


def _address(host: str, port: int) -> dict[str, object]:
    return {"socket_address": {"address": host, "port_value": port}}
