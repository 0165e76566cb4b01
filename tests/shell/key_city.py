"""The processes of `test_keys_live`: one that makes what is asked for, and two that serve."""

from __future__ import annotations

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


def prepare() -> None:
    """The tables, a person who is signed in, and a licence of theirs."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.support.people import person, signed_in
    from tests.wallets.scenes import card

    chen = person("chen")
    card(chen)
    sys.stdout.write(signed_in(chen).cookies[settings.SESSION_COOKIE_NAME].value)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def serve() -> None:
    """Pages on a port that is told on the first line."""
    from pengcheng.shell.wsgi import application

    with make_server("127.0.0.1", 0, application, _Server, _Quiet) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()
