"""Couples and the studio's own people: invented names, addresses and numbers that reach nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from app.kernel.actor import Role

DOMAIN = "larkspur.example.com"
"""Every demo user's address ends so; nobody else's does."""
STUDIO = "Larkspur Photography"
OWNER = ("Olivia Hartwell", f"olivia@{DOMAIN}")
TEAMS = ("Bookings", "Studio")
COLLEAGUES = (
    ("Marcus Adeyemi", f"marcus@{DOMAIN}", Role.ADMIN, "Bookings"),
    ("Priya Nair", f"priya@{DOMAIN}", Role.MEMBER, "Bookings"),
    ("Tom Wetherby", f"tom@{DOMAIN}", Role.MEMBER, "Studio"),
    ("Ines Calder", f"ines@{DOMAIN}", Role.VIEWER, "Studio"),
)
"""Name, address, role, team; they share the owner's password."""


def _words(text: str) -> list[str]:
    return text.split()


WOMEN = _words("""
    Amelia Olivia Isla Emily Ava Lily Mia Sophie Grace Ella Freya Charlotte Daisy Alice Phoebe Evie
    Harriet Rosie Lucy Hannah Megan Chloe Jessica Georgia Holly Bethany Abigail Eleanor Zara Aisha
    Priyanka Ffion Niamh Eilidh Catriona Saoirse Nadia Leila Mei Yasmin Imogen Tabitha Beatrice Florence
    Matilda Elsie Anika Rhiannon Morag Esme
""")
MEN = _words("""
    Oliver George Harry Jack Noah Charlie Thomas Oscar William James Leo Alfie Henry Joshua Freddie
    Archie Ethan Isaac Alexander Joseph Edward Samuel Max Daniel Benjamin Adam Luke Matthew Ryan Callum
    Rhys Owen Finlay Angus Hamish Declan Conor Imran Arjun Kwame Tobias Elliot Rupert Felix Theo Hugo
    Jonah Ravi Marek Dylan
""")
SURNAMES = _words("""
    Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker
    White Roberts Green Hall Wood Jackson Clarke Hughes Edwards Turner Hill Moore Harris Clark Ward
    Campbell Stewart Murray Fraser Macdonald Kelly Byrne Doyle Morgan Griffiths Price Bennett Cooper
    Bailey Richardson Shaw Marshall Ellis Chapman Okafor Mensah Khan Ahmed Hussain Begum Sharma Singh
    Kaur Chen Wong Nowak Kowalski Silva Rossi Fernandez Whitfield Ashworth Pemberton Fairfax Hartley
    Sinclair Drummond Ravenscroft Lockwood Thorne Winslow Barlow Kendrick Holloway
""")
MAILBOXES = ("example.com", "example.org", "example.net")

# Ofcom's numbers for drama: mobiles, then geographic ones (area code and block of a thousand).
_BLOCKS = _words("""
    7700900 2079460 1134960 1144960 1154960 1164960 1174960
    1184960 1214960 1314960 1414960 1514960 1614960 1914980
""")


@dataclass(frozen=True)
class Couple:
    """Who writes: the first of the two, from `email`."""

    first: str
    surname: str
    partner: str
    partner_surname: str
    email: str
    partner_email: str
    phone: str

    @property
    def bride(self) -> str:
        return f"{self.first} {self.surname}"

    @property
    def groom(self) -> str:
        return f"{self.partner} {self.partner_surname}"


def phone(number: int) -> str:
    """The `number`th telephone number, E.164; they begin again after 14,000."""
    block, last = divmod(number % (1000 * len(_BLOCKS)), 1000)
    return f"+44{_BLOCKS[block]}{last:03}"


def couple(dice: Random, number: int, taken: set[str]) -> Couple:
    """The supplier's `number`th couple. `taken` holds the batch's addresses, and gains this one."""
    pick: Callable[[list[str]], str] = dice.choice
    first, partner = pick(WOMEN), pick(MEN)
    if dice.random() < 0.06:
        partner = pick([name for name in WOMEN if name != first])
    surname, partner_surname = pick(SURNAMES), pick(SURNAMES)
    plain = f"{first}.{surname}".lower()
    # Only the first batch has addresses without a number, so that batches need not know each other.
    mailbox = plain if number < 1000 and plain not in taken else f"{plain}{number}"
    taken.add(mailbox)
    domain = dice.choice(MAILBOXES)
    partner_email = f"{partner}-{partner_surname}{number}@{domain}".lower()
    return Couple(
        first, surname, partner, partner_surname, f"{mailbox}@{domain}", partner_email, phone(number)
    )
