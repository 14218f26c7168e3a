"""What a calendar refuses: its own rule when that is wrong, and questions that have no answer."""


class CalendarError(ValueError):
    """A calendar's rule or a question put to it makes no sense; the message says what, and what to write instead."""
