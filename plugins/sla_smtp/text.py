"""What a server said, fit to be shown."""

_LONGEST = 300


def printable(said: bytes | str) -> str:
    """One line of printable text, cut where it is long."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    line = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    clean = "".join(character if character.isprintable() else "?" for character in line)
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}..."
