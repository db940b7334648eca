"""What the DNS says of a domain that e-mails are from, what it should say, and what to do; pure.

DKIM (RFC 6376) signs our e-mails and is what counts here. DMARC (RFC 7489) tells receivers what to do with
e-mails that nobody signed. SPF (RFC 7208) is about the server: bounces come back to the operator's domain, so
the supplier's own record is not needed, but a broken one does harm.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

MOST_SHOWN, LONGEST_SHOWN = 5, 500
"""Records, and characters of each."""
Texts = Sequence[str] | None
"""The TXT records of a name; None when nobody could say."""


class State(StrEnum):
    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Nobody could say."""
    UNCHECKED = "unchecked"
    """Nobody has looked yet."""

    @property
    def told(self) -> str:
        """What it means for the domain, of its DKIM record."""
        return _TOLD.get(self, "Not right yet; its records say what to do.")


_TOLD = {
    State.RIGHT: "It is right: e-mails from there are signed.",
    State.UNKNOWN: "Nobody could say just now; check again in a few minutes.",
}


@dataclass(frozen=True)
class Finding:
    """One record: its `name`, what was `found` there, what is `wanted`, and what to do."""

    state: State
    name: str
    found: list[str]
    wanted: str
    to_do: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def ails(self, record: str) -> bool:
        """Is it wrong, or not there though it is needed? Without SPF nothing is amiss."""
        return self.state is State.WRONG or (self.state is State.MISSING and record != "spf")

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Finding":
        return cls(**dict(told) | {"state": State(told["state"])})


@dataclass(frozen=True)
class Domain:
    """What the records of a domain are measured by; `includes` is the domain that the operator sends from."""

    domain: str
    selector: str
    public_key: str
    includes: str

    @property
    def dkim_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def dkim_wanted(self) -> str:
        return f"v=DKIM1; k=rsa; p={self.public_key}"


def measured(of: Domain, *, dkim: Texts, dmarc: Texts, spf: Texts) -> dict[str, Finding]:
    """Each record by its name, from the TXT records at its place."""
    return {"dkim": _dkim(of, dkim), "dmarc": _dmarc(of, dmarc), "spf": _spf(of, spf)}


def expected(of: Domain) -> dict[str, Finding]:
    """What should be there, before anybody has looked."""
    missing = measured(of, dkim=(), dmarc=(), spf=())
    return {name: replace(finding, state=State.UNCHECKED) for name, finding in missing.items()}


def _dkim(of: Domain, found: Texts) -> Finding:
    """Right when a record carries our public key."""
    ours = [text for text in found or () if _tags(text).get("p") == of.public_key]
    sure = bool(ours) and len(found or ()) == 1
    to_do = {
        State.RIGHT: "Nothing: your e-mails are signed.",
        State.MISSING: "Add a TXT record with this name and this text at whoever looks after your domain.",
        State.WRONG: "Replace what is there by exactly this text; there must be one such record.",
        State.UNKNOWN: _AGAIN,
    }
    state = _state(found, found or (), sure)
    return Finding(state, of.dkim_name, _shown(found or ()), of.dkim_wanted, to_do[state])


def _dmarc(of: Domain, found: Texts) -> Finding:
    """Right when there is one policy, whichever."""
    policies = [text for text in found or () if re.match(r"v\s*=\s*DMARC1\b", text)]
    is_policy = len(policies) == 1 and _tags(policies[0]).get("p") in ("none", "quarantine", "reject")
    to_do = {
        State.RIGHT: "Nothing.",
        State.MISSING: "Add this TXT record: large mail providers ask for one; p=none changes nothing yet.",
        State.WRONG: "Leave one record there, with a policy p=none, p=quarantine or p=reject.",
        State.UNKNOWN: _AGAIN,
    }
    state = _state(found, policies, is_policy)
    return Finding(state, f"_dmarc.{of.domain}", _shown(policies), "v=DMARC1; p=none", to_do[state])


def _spf(of: Domain, found: Texts) -> Finding:
    """Right when there is one record that includes the operator's, or none at all is needed."""
    records = [text for text in found or () if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    included = f"include:{of.includes}"
    is_right = len(records) == 1 and included.lower() in records[0].lower().split()
    to_do = {
        State.RIGHT: "Nothing.",
        State.MISSING: "Not needed, as your e-mails are signed; some receivers like it.",
        State.WRONG: f"Put {included} into the record that is there; two records would count as none.",
        State.UNKNOWN: _AGAIN,
    }
    state = _state(found, records, is_right)
    wanted = _with(records[0], included) if len(records) == 1 else f"v=spf1 {included} ~all"
    return Finding(state, of.domain, _shown(records), wanted, to_do[state])


_AGAIN = "Nobody could say just now; check again in a few minutes."


def _state(asked: Texts, found: Sequence[str], is_right: bool) -> State:
    if asked is None:
        return State.UNKNOWN
    if is_right:
        return State.RIGHT
    return State.WRONG if found else State.MISSING


def _tags(text: str) -> dict[str, str]:
    """The tag-list of a record (RFC 6376 §3.2), without white space in the values."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip(): re.sub(r"\s+", "", value) for name, _, value in pairs}


def _with(record: str, included: str) -> str:
    """The SPF record with the mechanism behind its version, if it is not there yet."""
    words = record.split()
    return (
        record if included.lower() in record.lower().split() else " ".join([words[0], included, *words[1:]])
    )


def _shown(found: Sequence[str]) -> list[str]:
    return [text[:LONGEST_SHOWN] for text in found[:MOST_SHOWN]]
