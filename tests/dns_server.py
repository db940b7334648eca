"""A DNS server on this machine: answers for TXT records that a test sets."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class DnsServer:
    """`texts` are the records by name; a name in `failing` is answered with SERVFAIL;
    `when_asked` is called before each answer."""

    address: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    when_asked: Callable[[], object] = lambda: None

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        self.when_asked()
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.texts:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif self.texts[name]:
            records = [
                " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))
                for text in self.texts[name]
            ]
            response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "TXT", *records))
        return response


@contextmanager
def dns_server() -> Iterator[DnsServer]:
    """The server on a free port of this machine, over UDP."""
    server = DnsServer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        server.address = f"127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=_serve, args=[listener, server], daemon=True).start()
        yield server


def _serve(listener: socket.socket, server: DnsServer) -> None:
    while True:
        try:
            asked, who = listener.recvfrom(4096)
            listener.sendto(server.answer(dns.message.from_wire(asked)).to_wire(), who)
        except OSError:
            return
