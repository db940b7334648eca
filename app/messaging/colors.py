"""Colours that can be read on others (WCAG 2.2, §1.4.3)."""

READABLE = 4.5
"""The least contrast of text."""
_STEPS = 40


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(color: str, background: str, least: float = READABLE) -> str:
    """The colour, as much darker or lighter as it takes to be read on that background."""
    towards = 0 if contrast("#000000", background) > contrast("#ffffff", background) else 255
    red, green, blue = _parts(color)
    for step in range(_STEPS + 1):
        mixed = (part + (towards - part) * step // _STEPS for part in (red, green, blue))
        found = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(found, background) >= least:
            break
    return found


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
