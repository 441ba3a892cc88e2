"""The product talks to nobody: the suite forbids it, and may run where there is no way out at all."""

import ast
import socket

import pytest

from tests.house.sources import name_of, python_files, tree

# Who may open a connection at all: to the database (by its driver), to the mail server (Django), and:
MAY = {
    "casetracker/desk/demo": "asks whether its own port is free",
    "casetracker/access/outside": "an office's own provider of sign-in, where one is set up",
    "casetracker/access/notices": "names the error of a mail server that refuses",
}
CONNECTING = {"socket", "http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443), ("2001:db8::1", 443)])
def test_another_host_is_out_of_reach(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    for ask in (socket.socket.connect, socket.socket.connect_ex):
        with socket.socket(family) as wire:
            wire.settimeout(0.1)
            with pytest.raises(AssertionError, match="no other host"):
                ask(wire, address)
    with pytest.raises(AssertionError, match="no other host"):
        socket.getaddrinfo("casetracker.example", 443)


def test_nothing_of_ours_opens_connections():
    wrong = []
    for file in python_files():
        if name_of(file).startswith(tuple(MAY)):
            continue
        for node in ast.walk(tree(file)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong += [f"{name_of(file)}: {name}" for name in names if name in CONNECTING]
    assert wrong == []
