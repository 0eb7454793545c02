"""HAProxy, led by a map file and asked on its socket."""
