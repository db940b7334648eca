"""What a person calls their browser, from its User-Agent."""

BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""Telling pieces, the most particular first: nearly all of them also say Safari."""
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def name_of(user_agent: str | None) -> str:
    """`Firefox on Windows`; what it says of itself, shortened, when we do not know it."""
    text = user_agent or ""
    browser = next((name for piece, name in BROWSERS.items() if piece in text), None)
    system = next((name for piece, name in SYSTEMS.items() if piece in text), None)
    if browser is None:
        return text[:60] or "Unknown browser"
    return f"{browser} on {system}" if system else browser
