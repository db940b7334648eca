"""Where weddings happen: invented venues in real parts of the United Kingdom."""

from random import Random

VENUES: tuple[tuple[str, str, float], ...] = (
    ("Hollybrook Barn", "Cotswolds, Gloucestershire", 1.0),
    ("Ashcombe Manor", "Bath, Somerset", 1.2),
    ("The Old Boathouse", "Windermere, Cumbria", 1.1),
    ("Fernhill Castle", "Inverness, Highland", 1.5),
    ("St Brannock's Priory", "Braunton, Devon", 1.0),
    ("Millrace House", "Harrogate, North Yorkshire", 1.0),
    ("Wychwood Glasshouse", "Oxford, Oxfordshire", 1.1),
    ("The Tide Rooms", "Brighton, East Sussex", 0.9),
    ("Larkfield Orangery", "Canterbury, Kent", 1.1),
    ("Penhallow Walled Garden", "Truro, Cornwall", 1.0),
    ("Bramble Wood Tipis", "Hereford, Herefordshire", 0.8),
    ("Kingsmere Hall", "York, North Yorkshire", 1.3),
    ("The Rope Works", "Liverpool, Merseyside", 0.9),
    ("Calder Mill", "Hebden Bridge, West Yorkshire", 0.9),
    ("Rothbury Lodge", "Alnwick, Northumberland", 1.0),
    ("Glenfinnart House", "Loch Lomond, Argyll", 1.3),
    ("The Foundry Loft", "Shoreditch, London", 1.2),
    ("Richmond Boat Club", "Richmond, London", 1.2),
    ("Highgate Assembly Rooms", "Highgate, London", 1.3),
    ("Saltmarsh Barn", "Holkham, Norfolk", 0.9),
    ("Elmswell Rectory", "Bury St Edmunds, Suffolk", 1.0),
    ("Coed Mawr", "Betws-y-Coed, Conwy", 0.9),
    ("Gower Heights", "Swansea, Gower", 0.9),
    ("The Customs House", "Cardiff, South Glamorgan", 0.9),
    ("Ballyvarne Estate", "Newcastle, County Down", 1.0),
    ("Lough Erne Rooms", "Enniskillen, County Fermanagh", 0.9),
    ("Chatterley Court", "Bakewell, Derbyshire", 1.2),
    ("The Stables at Merrow", "Guildford, Surrey", 1.1),
    ("Longmeadow Farm", "Shrewsbury, Shropshire", 0.8),
    ("Queen's Square Registry", "Bristol, Avon", 0.7),
    ("Royal Terrace Rooms", "Edinburgh, Midlothian", 1.3),
    ("The Tramshed", "Glasgow, Lanarkshire", 0.9),
    ("Quayside Warehouse", "Newcastle upon Tyne, Tyne and Wear", 0.9),
    ("Victoria Baths Hall", "Manchester, Greater Manchester", 1.0),
    ("Sherwood Pavilion", "Nottingham, Nottinghamshire", 0.9),
    ("Isle House", "Yarmouth, Isle of Wight", 1.0),
)
"""Name, location, and how dear a wedding there is beside the usual one."""


def place(dice: Random) -> tuple[str | None, str | None, float]:
    """A venue with its location; or, when they have not found one yet, only where they look."""
    venue, location, dearness = dice.choice(VENUES)
    found = dice.random()
    if found < 0.72:
        return venue, location, dearness
    return None, location.split(", ")[1] if found < 0.94 else None, 1.0
